import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import type { IssuerKeys } from './issuer-keys.ts';

/** Claims of a verified access token. */
export const AccessClaims = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(200),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  iat: z.number(),
  email: z.string().optional(),
  name: z.string().optional(),
  client_id: z.string().optional(),
  azp: z.string().optional(),
});
export type AccessClaims = z.infer<typeof AccessClaims>;

export interface TokenVerifierOptions {
  /** Compared byte for byte with the token's `iss`. */
  issuer: string;
  /** The token's `aud` must contain at least one of these, exactly. */
  audiences: readonly string[];
  keys: IssuerKeys;
  now?: () => Date;
}

/** Answers the claims of a good access token; fails with UNAUTHORIZED, or SERVICE_UNAVAILABLE while no keys are known. */
export interface TokenVerifier {
  verify(token: string): Promise<AccessClaims>;
}

const MAX_TOKEN_LENGTH = 16 * 1024;
const CLOCK_TOLERANCE_SECONDS = 30;
/** Longest time a verified token is believed without being checked again, so that withdrawn keys bite soon. */
const CACHE_MS = 60_000;
const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'];
/** RFC 9068 section 2.1, and the plain form many providers use; others (`logout+jwt`, `dpop+jwt`) are not access tokens. */
const TOKEN_TYPES = new Set([undefined, 'at+jwt', 'application/at+jwt', 'jwt']);

/** Verifies JWT access tokens (RFC 9068) of one issuer for these audiences. ID, refresh and bound tokens are refused. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const now = options.now ?? (() => new Date());
  const verified = new LRUCache<string, AccessClaims>({
    max: 10_000,
    ttlResolution: 0,
    perf: { now: () => now().getTime() },
  });

  return {
    async verify(token) {
      if (token.length > MAX_TOKEN_LENGTH) throw refused('it is longer than 16 KiB');
      // The token itself is no cache key: a dump of the cache must not be a list of credentials.
      const key = createHash('sha256').update(token).digest('base64');
      const known = verified.get(key);
      if (known !== undefined) return known;

      const claims = await check(token, options, now());
      const ttl = Math.min(CACHE_MS, claims.exp * 1000 - now().getTime());
      if (ttl > 0) verified.set(key, claims, { ttl });
      return claims;
    },
  };
}

async function check(token: string, options: TokenVerifierOptions, currentDate: Date): Promise<AccessClaims> {
  const { payload, protectedHeader } = await jwtVerify(token, options.keys.find, {
    issuer: options.issuer,
    audience: [...options.audiences],
    algorithms: ALGORITHMS,
    requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate,
  }).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    throw refused(reasonOf(error), error);
  });
  refuseForeignKeys(protectedHeader);
  refuseOtherKinds(payload, protectedHeader);
  const claims = AccessClaims.safeParse(payload);
  if (!claims.success) throw refused('a claim has the wrong type', claims.error);
  if (claims.data.iat > currentDate.getTime() / 1000 + CLOCK_TOLERANCE_SECONDS) throw refused('it is from the future');
  return claims.data;
}

/** Keys that a token brings along prove nothing; jose ignores them, and a token that tries is not taken at all. */
function refuseForeignKeys(header: ProtectedHeaderParameters): void {
  for (const name of ['jwk', 'jku', 'x5u']) {
    if (Object.hasOwn(header, name)) throw refused(`its header brings its own key ("${name}")`);
  }
}

function refuseOtherKinds(payload: JWTPayload, header: ProtectedHeaderParameters): void {
  if (!TOKEN_TYPES.has(header.typ?.toLowerCase())) throw refused(`its type "${header.typ}" is not an access token's`);
  const idTokenClaim = ['nonce', 'at_hash', 'c_hash', 's_hash'].find((claim) => Object.hasOwn(payload, claim));
  if (idTokenClaim !== undefined) throw refused(`it is an ID token (claim "${idTokenClaim}")`);
  const use = payload['token_use'] ?? payload['typ'];
  if (use !== undefined && !(typeof use === 'string' && ['access', 'bearer'].includes(use.toLowerCase())))
    throw refused('it is not an access token');
  if (Object.hasOwn(payload, 'events')) throw refused('it is a security event, not an access token');
  // RFC 7800: whoever presents a bound token must prove possession; taking it as a plain bearer would drop the binding.
  if (Object.hasOwn(payload, 'cnf')) throw refused('it is bound to a key and cannot be used as a plain bearer token');
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim "${error.claim}" is not as required`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed';
  if (error instanceof errors.JWKSNoMatchingKey) return 'no key of the issuer matches it';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  return 'it is malformed';
}

function refused(reason: string, cause?: unknown): AppError {
  return new AppError('UNAUTHORIZED', {
    message: `The access token was refused: ${reason}.`,
    hint: 'Get a new access token for this resource from the identity provider.',
    cause,
  });
}
