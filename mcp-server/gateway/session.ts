import { createHash, randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { SessionLimits, SessionStore } from '../../shared/platform/persistence/stores/session-store.ts';
import type { AccessMapping } from '../../shared/domain/access-mapping.ts';
import { cookieAttributes, cookieName, onlyCookie, setCookie } from './cookies.ts';
import type { CookieSeal } from './sealed-cookie.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** What a session remembers of a person: claims, so that the access mapping is applied anew to every request. */
const SessionClaims = z.looseObject({
  sub: z.string().min(1),
  email: z.string().optional(),
  name: z.string().optional(),
});
export type SessionClaims = z.infer<typeof SessionClaims>;

const SealedSession = z.strictObject({
  /** 256 random bits; the row of their hash is the session's life. */
  id: z.string(),
  claims: SessionClaims,
  startedAtMs: z.int(),
  signedInAtMs: z.int().nullable(),
});
type SealedSession = z.infer<typeof SealedSession>;

export interface Session {
  /** Roles and devices as mapped now. */
  person: Principal;
  /** What the identity provider said of the person at sign-in. */
  claims: SessionClaims;
  startedAtMs: number;
  /** When the person last proved who they are at the identity provider; null when it does not say. */
  signedInAtMs: number | null;
}

/**
 * What a session says lives in the browser, sealed; whether it is still good, in a row that every replica reads. A copied
 * cookie is worthless once the row is gone.
 */
export interface Sessions {
  /** Whose claims they are, with roles and devices as mapped now. */
  personOf(claims: SessionClaims): Principal;
  /** Begins a session under a new id and ends the one this browser had: a planted id never becomes somebody's. */
  start(ctx: Context, claims: SessionClaims, signedInAtMs: number | null): Promise<void>;
  /** Null when nobody is signed in, also when the session has ended elsewhere. */
  sessionOf(ctx: Context): Promise<Session | null>;
  /** What the browser's cookie says, without asking whether the session has ended since: for what holds no secret. */
  claimedBy(ctx: Context): Session | null;
  /** Ends every session of the person of this one, wherever its cookie was copied to. */
  endAll(ctx: Context): Promise<void>;
}

/**
 * So long are claims believed; then the browser goes by the identity provider, unseen while the session there lives.
 * Whoever leaves a browser alone for half of that signs in anew.
 */
export const SESSION_LIMITS: SessionLimits = { lifeSeconds: 3600, idleSeconds: 1800 };
/** Browsers somebody may be signed in with at the same time; the oldest makes room. */
const SESSIONS_PER_PERSON = 5;
/** Browsers refuse larger cookies (RFC 6265, section 6.1), name and attributes included. */
const MAX_COOKIE_LENGTH = 3900;
/** Claims about the token, not the person. */
const PROTOCOL_CLAIMS = new Set(
  'iss aud exp iat nbf jti nonce at_hash c_hash s_hash azp sid auth_time client_id scope scp typ token_use provenBy'.split(
    ' ',
  ),
);

export function createSessions(options: {
  seal: CookieSeal;
  store: SessionStore;
  mapping: AccessMapping;
  /** Origin of the gateway; https makes the cookie Secure and host-bound. */
  approvalUrl: string;
  /** Default: `SESSION_LIMITS`. */
  limits?: SessionLimits;
}): Sessions {
  const { seal, store, mapping, approvalUrl, limits = SESSION_LIMITS } = options;
  const name = cookieName(approvalUrl, 'convoy_gateway');

  function opened(ctx: Context): SealedSession | null {
    const cookie = onlyCookie(ctx, name);
    // What an older program sealed has another form; its owner signs in anew.
    return SealedSession.safeParse(cookie === null ? null : seal.open('session', cookie)).data ?? null;
  }

  function toSession({ claims, startedAtMs, signedInAtMs }: SealedSession): Session {
    return { person: personOf(claims, mapping), claims, startedAtMs, signedInAtMs };
  }

  return {
    personOf: (claims) => personOf(personClaims(claims), mapping),
    async start(ctx, claims, signedInAtMs) {
      const id = randomBytes(32).toString('base64url');
      const session = { id, claims: personClaims(claims), startedAtMs: currentMs(), signedInAtMs };
      const sealed = seal.seal('session', session, limits.lifeSeconds);
      if (sealed.length > MAX_COOKIE_LENGTH) {
        throw new AppError('INVALID_CONFIGURATION', {
          message: 'The identity provider says so much about you that a session cannot hold it.',
          hint: 'Have it send fewer claims or groups to the client convoy-gateway.',
        });
      }
      const earlier = opened(ctx);
      if (earlier !== null) await store.end(hashOf(earlier.id));
      await store.begin({ hash: hashOf(id), sub: claims.sub, limits, keep: SESSIONS_PER_PERSON });
      setCookie(ctx, name, sealed, cookieAttributes(approvalUrl, limits.lifeSeconds));
    },
    async sessionOf(ctx) {
      const session = opened(ctx);
      return session !== null && (await store.use(hashOf(session.id), limits)) ? toSession(session) : null;
    },
    claimedBy(ctx) {
      const session = opened(ctx);
      return session === null ? null : toSession(session);
    },
    async endAll(ctx) {
      const session = opened(ctx);
      // Only who holds a session that lives may end the others: an old copy must not be good for signing its owner out.
      if (session !== null && (await store.use(hashOf(session.id), limits))) await store.endAll(session.claims.sub);
      setCookie(ctx, name, '', cookieAttributes(approvalUrl, 0));
    },
  };
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
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
    provenBy: 'gateway-session',
  };
}

function personClaims(claims: SessionClaims): SessionClaims {
  const kept = Object.fromEntries(Object.entries(claims).filter(([claim]) => !PROTOCOL_CLAIMS.has(claim)));
  return { ...kept, sub: claims.sub };
}
