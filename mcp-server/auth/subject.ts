import type { GoodToken } from '../../shared/domain/principal.ts';
import { AccessClaims, tokenRefused, type ProvenClaims, type TokenClaims } from './access-claims.ts';

/** How the subjects of services begin; no person's may. */
const SERVICE = 'service:';

/** What names a service to the access file: rules for people, such as those on `email`, never match one. */
export interface ServiceClaims {
  client_id: string;
}

export interface SubjectRules {
  /**
   * The claim that names a person. Default `sub`. A provider whose `sub` differs from application to application (Entra)
   * needs another, or one person would be two to the rule that nobody approves a plan of their own.
   */
  subjectClaim?: string | undefined;
  /** Whether the access file has a rule for this service. Default: services have no access. */
  isMappedService?: ((service: ServiceClaims) => boolean) | undefined;
}

/**
 * The claims with `sub` as the deployment knows the bearer: a person by the subject claim, a service as
 * `service:<client id>`. Fails with UNAUTHORIZED for a token that names nobody, and for a service that is not mapped.
 */
export function withSubject(
  claims: TokenClaims,
  { subjectClaim = 'sub', isMappedService }: SubjectRules,
): AccessClaims {
  const service = serviceOf(claims);
  if (service === null) return AccessClaims.parse({ ...claims, sub: personOf(claims, subjectClaim) });
  if (isMappedService?.(service) !== true) {
    throw tokenRefused('it has no person as its subject ("sub"), and its client is not mapped as a service');
  }
  return AccessClaims.parse({ ...claims, sub: serviceSubject(service.client_id), client_id: service.client_id });
}

/** The subject of a service. */
export function serviceSubject(clientId: string): string {
  return SERVICE + clientId;
}

/** Whether a subject that `withSubject` gave is a service's. */
export function isService(sub: string): boolean {
  return sub.startsWith(SERVICE);
}

/**
 * The client of a token that no person stands behind: one without a subject, or with the client as its own (RFC 9068 section
 * 2.2), as Auth0 (`gty`) and Entra (`idtyp`) mark theirs.
 */
function serviceOf(claims: TokenClaims): ServiceClaims | null {
  const clientId = claims.client_id ?? claims.azp ?? textOf(claims['appid']);
  const { sub } = claims;
  const isOfNobody =
    sub === undefined ||
    sub === clientId ||
    sub === `${clientId}@clients` ||
    claims['gty'] === 'client-credentials' ||
    claims['idtyp'] === 'app';
  if (!isOfNobody) return null;
  if (clientId === undefined || clientId.length > 180)
    throw tokenRefused('it names neither a person ("sub") nor a client');
  return { client_id: clientId };
}

function personOf(claims: TokenClaims, subjectClaim: string): string {
  const given = claims[subjectClaim];
  if (typeof given !== 'string' || given === '' || given.length > 200) {
    throw tokenRefused(`its claim "${subjectClaim}", which names the person, is missing`);
  }
  if (given.startsWith(SERVICE)) throw tokenRefused('its subject is that of a service');
  if (subjectClaim !== 'email') return given;
  // An address that the provider has not verified can be anybody's.
  if (claims['email_verified'] !== true) throw tokenRefused('its e-mail address is not verified');
  return given.toLowerCase();
}

/** Claims of `withSubject` with what proved them; a claim by that name is the token's own and worth nothing. */
export function proven(claims: AccessClaims, by: GoodToken): ProvenClaims {
  return { ...claims, provenBy: isService(claims.sub) ? `service-${by}` : by };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
