import type { Context } from 'koa';
import { z } from 'zod';
import type { Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { AccessMapping } from '../auth/access-mapping.ts';
import type { CookieSeal } from './sealed-cookie.ts';

/** What a session remembers of a person: claims, so that the access mapping is applied anew to every request. */
const SessionClaims = z.looseObject({
  sub: z.string().min(1),
  email: z.string().optional(),
  name: z.string().optional(),
});
export type SessionClaims = z.infer<typeof SessionClaims>;

const SealedSession = z.strictObject({
  claims: SessionClaims,
  startedAtMs: z.int(),
  signedInAtMs: z.int().nullable(),
});

export interface Session {
  /** Roles and devices as mapped now. */
  person: Principal;
  startedAtMs: number;
  /** When the person last proved who they are at the identity provider; null when it does not say. */
  signedInAtMs: number | null;
}

/** Sessions live in the browser alone, sealed, so that any replica can answer and none holds state. */
export interface Sessions {
  start(ctx: Context, claims: SessionClaims, signedInAtMs: number | null): void;
  /** Null when nobody is signed in. Whether the person has signed out elsewhere since is not known here. */
  sessionOf(ctx: Context): Session | null;
  end(ctx: Context): void;
}

/** So long are claims believed; then the browser goes by the identity provider, unseen while the session there lives. */
const SESSION_SECONDS = 3600;
/** Browsers refuse larger cookies (RFC 6265, section 6.1), name and attributes included. */
const MAX_COOKIE_LENGTH = 3900;
/** Claims about the token, not the person. */
const PROTOCOL_CLAIMS = new Set(
  'iss aud exp iat nbf jti nonce at_hash c_hash s_hash azp sid auth_time client_id scope scp typ token_use'.split(' '),
);

export function createSessions(options: {
  seal: CookieSeal;
  mapping: AccessMapping;
  /** Origin of the gateway; https makes the cookie Secure and host-bound. */
  approvalUrl: string;
}): Sessions {
  const { seal, mapping } = options;
  const secure = options.approvalUrl.startsWith('https:');
  const name = secure ? '__Host-convoy_gateway' : 'convoy_gateway';
  const attributes = { httpOnly: true, sameSite: 'lax', secure, path: '/', overwrite: true, signed: false } as const;
  return {
    start(ctx, claims, signedInAtMs) {
      const session = { claims: personClaims(claims), startedAtMs: Date.now(), signedInAtMs };
      const sealed = seal.seal('session', session, SESSION_SECONDS);
      if (sealed.length > MAX_COOKIE_LENGTH) {
        throw new AppError('INVALID_CONFIGURATION', {
          message: 'The identity provider says so much about you that a session cannot hold it.',
          hint: 'Have it send fewer claims or groups to the client convoy-gateway.',
        });
      }
      setCookie(ctx, name, sealed, { ...attributes, maxAge: SESSION_SECONDS * 1000 });
    },
    sessionOf(ctx) {
      const cookie = ctx.cookies.get(name, { signed: false });
      // What an older program sealed has another form; its owner signs in anew.
      const session = SealedSession.safeParse(cookie === undefined ? null : seal.open('session', cookie)).data;
      if (session === undefined) return null;
      const { claims, ...times } = session;
      return { person: personOf(claims, mapping), ...times };
    },
    end(ctx) {
      setCookie(ctx, name, '', { ...attributes, maxAge: 0 });
    },
  };
}

/** Sets a cookie also when TLS ends in front of this process, which `secure` cookies would otherwise be refused for. */
export function setCookie(ctx: Context, name: string, value: string, attributes: CookieAttributes): void {
  ctx.cookies.secure = attributes.secure;
  ctx.cookies.set(name, value, attributes);
}

interface CookieAttributes {
  httpOnly: true;
  sameSite: 'lax';
  secure: boolean;
  path: string;
  maxAge: number;
  overwrite: true;
  signed: false;
}

function personOf(claims: SessionClaims, mapping: AccessMapping): Principal {
  return {
    sub: claims.sub,
    email: claims.email ?? null,
    name: claims.name ?? null,
    clientId: null,
    ...mapping.accessOf(claims),
    // A browser session holds no token: what it may do follows from the person's roles alone.
    scopes: [],
    via: 'gateway',
  };
}

function personClaims(claims: SessionClaims): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([claim]) => !PROTOCOL_CLAIMS.has(claim)));
}
