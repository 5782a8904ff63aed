import { errors, jwtVerify, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import type { Scope } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { CLOCK_TOLERANCE_SECONDS, hasAudience, TokenClaims, tokenRefused } from './access-claims.ts';
import type { IssuerKeys } from './issuer-keys.ts';

export interface JwtRules {
  /** Compared byte for byte with the token's `iss`. */
  issuer: string;
  /** An access token's `aud` must contain at least one of these, exactly. */
  audiences: readonly string[];
  keys: Pick<IssuerKeys, 'find'>;
  /** Default: none is accepted. */
  idTokens?: IdTokenRules | undefined;
}

/** ID tokens as access tokens, for identity providers that give nothing better. */
export interface IdTokenRules {
  /** Our client ids: the audience of ID tokens that are accepted. */
  clientIds: readonly string[];
  /** What their bearers may do, as ID tokens cannot say it. */
  scopes: readonly Scope[];
}

export interface VerifiedJwt {
  kind: 'access-token' | 'id-token';
  claims: TokenClaims;
}

const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'];
/** RFC 9068 section 2.1, and the plain form many providers use; others (`logout+jwt`, `dpop+jwt`) are not access tokens. */
const ACCESS_TOKEN_TYPES = new Set([undefined, 'at+jwt', 'application/at+jwt', 'jwt']);
/** OpenID Connect gives ID tokens no type; an access token's is never one. */
const ID_TOKEN_TYPES = new Set([undefined, 'jwt']);

/**
 * Verifies a JWT and answers its claims: an access token (RFC 9068) for one of the audiences, or an ID token where those are
 * accepted, which then has the scopes of its rules. Refresh, logout and bound tokens are refused.
 */
export async function verifyJwt(token: string, rules: JwtRules, now: Date): Promise<VerifiedJwt> {
  const { issuer, audiences, keys, idTokens } = rules;
  const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
    issuer,
    audience: [...audiences, ...(idTokens?.clientIds ?? [])],
    algorithms: ALGORITHMS,
    requiredClaims: ['iss', 'aud', 'exp', 'iat'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: now,
  }).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    throw tokenRefused(reasonOf(error), error);
  });
  refuseForeignKeys(protectedHeader);
  refuseBoundAndEvents(payload);
  const claims = TokenClaims.safeParse(payload);
  if (!claims.success) throw tokenRefused('a claim has the wrong type', claims.error);
  if (claims.data.iat > now.getTime() / 1000 + CLOCK_TOLERANCE_SECONDS) throw tokenRefused('it is from the future');
  // Whatever else it is for: a token for us must be an access token.
  if (hasAudience(claims.data, audiences) || idTokens === undefined) {
    demandAccessToken(payload, protectedHeader);
    return { kind: 'access-token', claims: claims.data };
  }
  demandIdToken(payload, protectedHeader, idTokens.clientIds);
  return { kind: 'id-token', claims: { ...claims.data, scope: idTokens.scopes.join(' '), scp: undefined } };
}

/** Keys that a token brings along prove nothing; jose ignores them, and a token that tries is not taken at all. */
function refuseForeignKeys(header: ProtectedHeaderParameters): void {
  for (const name of ['jwk', 'jku', 'x5u']) {
    if (Object.hasOwn(header, name)) throw tokenRefused(`its header brings its own key ("${name}")`);
  }
}

function refuseBoundAndEvents(payload: JWTPayload): void {
  if (Object.hasOwn(payload, 'events')) throw tokenRefused('it is a security event, not an access token');
  // RFC 7800: whoever presents a bound token must prove possession; taking it as a plain bearer would drop the binding.
  if (Object.hasOwn(payload, 'cnf'))
    throw tokenRefused('it is bound to a key and cannot be used as a plain bearer token');
}

function demandAccessToken(payload: JWTPayload, header: ProtectedHeaderParameters): void {
  if (!ACCESS_TOKEN_TYPES.has(header.typ?.toLowerCase()))
    throw tokenRefused(`its type is not an access token's ("at+jwt" or "JWT")`);
  const idTokenClaim = ['nonce', 'at_hash', 'c_hash', 's_hash'].find((claim) => Object.hasOwn(payload, claim));
  if (idTokenClaim !== undefined) throw tokenRefused(`it is an ID token (claim "${idTokenClaim}")`);
  const use = useOf(payload);
  if (use !== undefined && !['access', 'bearer'].includes(use)) throw tokenRefused('it is not an access token');
}

/** OpenID Connect Core 1.0 section 3.1.3.7: with several audiences, the client it was made for is `azp`. */
function demandIdToken(payload: JWTPayload, header: ProtectedHeaderParameters, clientIds: readonly string[]): void {
  const use = useOf(payload);
  const isAccessToken = use !== undefined && use !== 'id';
  if (isAccessToken || !ID_TOKEN_TYPES.has(header.typ?.toLowerCase()) || Object.hasOwn(payload, 'client_id')) {
    throw tokenRefused('it is neither an access token for this resource nor an ID token');
  }
  const { azp, aud } = payload;
  const isForSeveral = Array.isArray(aud) && aud.length > 1;
  if (azp === undefined ? isForSeveral : !(typeof azp === 'string' && clientIds.includes(azp))) {
    throw tokenRefused('it is an ID token for another client');
  }
}

/** `token_use` of Cognito, `typ` of Keycloak; of another type it says nothing good. */
function useOf(payload: JWTPayload): string | undefined {
  const use = payload['token_use'] ?? payload['typ'];
  if (use === undefined) return undefined;
  return typeof use === 'string' ? use.toLowerCase() : 'unknown';
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim "${error.claim}" is not as required`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed';
  if (error instanceof errors.JWKSNoMatchingKey) return 'no key of the issuer matches it';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  return 'it is malformed';
}
