import type { IncomingMessage } from 'node:http';
import { jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Principal, Scope } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { CLOCK_TOLERANCE_SECONDS, tokenRefused, type ProvenClaims } from './access-claims.ts';
import { tokenHash } from './bearer-token.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import type { Revocations } from './revocations.ts';
import { proven, withSubject, type SubjectRules } from './subject.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface CloudflareAccessOptions extends Pick<SubjectRules, 'isMappedService'> {
  /**
   * `required`: every request needs an assertion besides its token, and both are of the same person. `identity`: on MCP the
   * assertion alone says who calls, and Cloudflare tells clients how to sign in.
   */
  mode: 'required' | 'identity';
  /** `https://<team>.cloudflareaccess.com`. */
  issuer: string;
  /** The application's audience tag. */
  audience: string;
  keys: Pick<IssuerKeys, 'find'>;
  /** What somebody may do whom an assertion alone proves: it names no scopes. */
  scopes: readonly Scope[];
  revocations: Pick<Revocations, 'refuseToken'>;
  now?: () => Date;
}

/** What Cloudflare Access, in front of this server, says of a request. */
export interface CloudflareAccess {
  mode: 'required' | 'identity';
  /**
   * The claims of the request's assertion, as those of an access token: the person's e-mail address is the subject. Fails with
   * UNAUTHORIZED without a good one.
   */
  identityOf(request: IncomingMessage): Promise<ProvenClaims>;
  /**
   * Fails with FORBIDDEN unless the request has a good assertion that is not somebody else's; with `isNamed`, unless it names
   * the person by their address.
   */
  vouchFor(request: IncomingMessage, person: Pick<Principal, 'email'>, demand?: { isNamed: boolean }): Promise<void>;
}

/** Set by Cloudflare itself. The cookie of the same name is the browser's, and any page could have it sent. */
const HEADER = 'cf-access-jwt-assertion';
const MAX_LENGTH = 16 * 1024;
const CACHE_MS = 60_000;

const Assertion = z.looseObject({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  iat: z.number(),
  email: z.string().min(3).max(200).optional(),
  /** Of a service token, which has no person. */
  common_name: z.string().min(1).optional(),
  name: z.string().optional(),
  jti: z.string().optional(),
});
type Assertion = z.infer<typeof Assertion>;

/** Where an account's keys are. */
export function cloudflareAccessKeysUrl(issuer: string): string {
  return `${issuer}/cdn-cgi/access/certs`;
}

export function createCloudflareAccess(options: CloudflareAccessOptions): CloudflareAccess {
  const now = options.now ?? (() => new Date(currentMs()));
  const verified = new LRUCache<string, Assertion>({
    max: 10_000,
    ttlResolution: 0,
    perf: { now: () => now().getTime() },
  });

  async function assertionOf(request: IncomingMessage): Promise<Assertion> {
    const token = headerOf(request);
    const hash = tokenHash(token);
    const known = verified.get(hash);
    const assertion = known ?? (await verify(token, options, now()));
    const ttl = Math.min(CACHE_MS, assertion.exp * 1000 - now().getTime());
    if (known === undefined && ttl > 0) verified.set(hash, assertion, { ttl });
    await options.revocations.refuseToken({ hash, tokenId: assertion.jti });
    return assertion;
  }

  return {
    mode: options.mode,
    async identityOf(request) {
      const { email, common_name: service, ...assertion } = await assertionOf(request);
      const scope = options.scopes.join(' ');
      const claims = { ...assertion, scope, scp: undefined, client_id: undefined, azp: undefined, email: undefined };
      // Access lets nobody through whose address it has not proven itself.
      const identity =
        email === undefined
          ? withSubject({ ...claims, sub: undefined, client_id: service }, options)
          : withSubject({ ...claims, email, email_verified: true }, { subjectClaim: 'email' });
      return proven(identity, 'cloudflare-access');
    },
    async vouchFor(request, person, { isNamed } = { isNamed: false }) {
      const { email } = await assertionOf(request).catch((error: unknown) => {
        // The token is good, and a client that is told otherwise throws it away.
        throw error instanceof AppError && error.code === 'UNAUTHORIZED' ? notVouched(error) : error;
      });
      const isUnnamed = email === undefined || person.email === null;
      if (isUnnamed ? isNamed : email.toLowerCase() !== person.email?.toLowerCase()) throw notVouched(undefined);
    },
  };
}

function headerOf({ headersDistinct }: IncomingMessage): string {
  const [token, another] = headersDistinct[HEADER] ?? [];
  if (token === undefined || another !== undefined || token.length > MAX_LENGTH) {
    throw tokenRefused('the request has no single assertion of Cloudflare Access');
  }
  return token;
}

async function verify(token: string, options: CloudflareAccessOptions, currentDate: Date): Promise<Assertion> {
  const { payload } = await jwtVerify(token, options.keys.find, {
    issuer: options.issuer,
    audience: options.audience,
    algorithms: ['RS256'],
    requiredClaims: ['iss', 'aud', 'exp', 'iat'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate,
  }).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    throw tokenRefused('the assertion of Cloudflare Access is not good', error);
  });
  const assertion = Assertion.safeParse(payload);
  if (!assertion.success) throw tokenRefused('the assertion of Cloudflare Access is malformed', assertion.error);
  return assertion.data;
}

function notVouched(cause: unknown): AppError {
  return new AppError('FORBIDDEN', {
    message: 'Cloudflare Access does not vouch for you on this request.',
    hint: 'Reach this server through the address that Cloudflare Access protects, signed in as the same person.',
    cause,
  });
}
