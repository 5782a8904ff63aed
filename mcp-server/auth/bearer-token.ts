import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type BearerToken = { kind: 'none' } | { kind: 'malformed'; reason: string } | { kind: 'token'; token: string };

/** Reads the token from the Authorization header, the only place where one is taken (RFC 6750 section 2.1). */
export function bearerTokenOf(request: IncomingMessage): BearerToken {
  // Node joins or drops repeated headers, so the raw list is the only place where a second one shows.
  const given = request.rawHeaders.filter((_, index, raw) => index % 2 === 1 && isAuthorization(raw[index - 1]));
  const [header] = given;
  if (header === undefined) return { kind: 'none' };
  if (given.length > 1) return { kind: 'malformed', reason: 'there is more than one Authorization header' };
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header);
  if (match?.[1] === undefined)
    return { kind: 'malformed', reason: 'the Authorization header is not "Bearer <token>"' };
  return { kind: 'token', token: match[1] };
}

function isAuthorization(name: string | undefined): boolean {
  return name?.toLowerCase() === 'authorization';
}

/** What a token is called without giving it away: its SHA-256 as base64url. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
