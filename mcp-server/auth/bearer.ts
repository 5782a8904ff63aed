import { LRUCache } from 'lru-cache';
import { tokenRefused, type ProvenClaims } from './access-claims.ts';
import { tokenHash } from './bearer-token.ts';
import type { Introspection } from './introspection.ts';
import type { Revocations } from './revocations.ts';
import { proven, withSubject, type SubjectRules } from './subject.ts';
import { verifyJwt, type JwtRules } from './verify-jwt.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface TokenVerifierOptions extends JwtRules, SubjectRules {
  /** Asks the issuer about tokens that are no JWT. Default: those are refused. */
  introspection?: Introspection | undefined;
  /** Default: nothing is revoked. */
  revocations?: Pick<Revocations, 'refuseToken'> | undefined;
  now?: () => Date;
}

/**
 * Answers the claims of a good access token; fails with UNAUTHORIZED, or SERVICE_UNAVAILABLE while it cannot be told whether
 * it is one.
 */
export interface TokenVerifier {
  verify(token: string): Promise<ProvenClaims>;
}

const MAX_TOKEN_LENGTH = 16 * 1024;
/** Longest time a verified token is believed without being checked again, so that withdrawn keys bite soon. */
const CACHE_MS = 60_000;
/** Header, payload and signature; anything else can only be asked about. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Verifies access tokens of one issuer for these audiences. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const now = options.now ?? (() => new Date(currentMs()));
  const { introspection, revocations } = options;
  const verified = new LRUCache<string, ProvenClaims>({
    max: 10_000,
    ttlResolution: 0,
    // A clock that nobody sets: set back, the other one would keep a withdrawn key's tokens good for longer.
    perf: { now: () => options.now?.().getTime() ?? performance.now() },
  });

  async function claimsOf(token: string, hash: string): Promise<ProvenClaims> {
    const known = verified.get(hash);
    // The clock may have been set since.
    if (known !== undefined && known.exp * 1000 > now().getTime()) return known;
    if (!JWT.test(token)) {
      if (introspection === undefined) throw tokenRefused('it is malformed');
      // Not kept here: the introspection remembers what it was answered, and no longer than it may.
      const answered = await introspection.claimsOf(token, options.audiences);
      return proven(withSubject(answered, options), 'introspected-token');
    }
    const { kind, claims: told } = await verifyJwt(token, options, now());
    const claims = proven(withSubject(told, options), kind);
    const ttl = Math.min(CACHE_MS, claims.exp * 1000 - now().getTime());
    if (ttl > 0) verified.set(hash, claims, { ttl });
    return claims;
  }

  return {
    async verify(token) {
      if (token.length > MAX_TOKEN_LENGTH) throw tokenRefused('it is longer than 16 KiB');
      // The token itself is no cache key: a dump of the cache must not be a list of credentials.
      const hash = tokenHash(token);
      const claims = await claimsOf(token, hash);
      await revocations?.refuseToken({ hash, tokenId: claims.jti });
      return claims;
    },
  };
}
