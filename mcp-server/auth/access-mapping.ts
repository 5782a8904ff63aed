import { allRoles, type DeviceGrant, type Role, type RoleGrant } from '../../shared/domain/principal.ts';

/** One thing that must be so of a token's claims. */
export interface AccessCondition {
  /**
   * A claim's exact name, else a dotted path into nested claims; a list is a path whose names may hold dots. A list claim
   * meets the condition when it contains the value.
   */
  claim: string | string[];
  equals: string | number | boolean;
}

export interface AccessRule {
  /** For people to read; default: its number. */
  name?: string | undefined;
  /** Several must all hold. */
  when: AccessCondition | AccessCondition[];
  roles: Role[];
  devices: DeviceGrant | DeviceGrant[];
}

/** The static mapping from a token's claims to roles with their devices, as CONVOY_ACCESS_FILE holds it. */
export interface AccessFile {
  rules: AccessRule[];
  /** Believe addresses of which the provider does not say that it verified them. Default false. */
  trustUnverifiedEmail?: boolean | undefined;
}

export interface Access {
  /** Every role of any grant. */
  roles: Role[];
  grants: RoleGrant[];
}

type Claims = Readonly<Record<string, unknown>>;

export interface AccessMapping {
  /** A grant for each rule that matches; none when none does, which means no access. */
  accessOf(claims: Claims): Access;
}

/** Applies the rules. Each keeps its roles and devices together: `operator` of the lab is nothing elsewhere. */
export function createAccessMapping({ rules, trustUnverifiedEmail = false }: AccessFile): AccessMapping {
  const grants = rules.map((rule, index) => ({ rule, grant: grantOf(rule, index) }));
  return {
    accessOf(claims) {
      const matching = grants.filter(({ rule }) => matches(rule, claims, trustUnverifiedEmail));
      const given = matching.map(({ grant }) => grant);
      return { roles: allRoles({ grants: given }), grants: given };
    },
  };
}

function grantOf({ name, roles, devices }: AccessRule, index: number): RoleGrant {
  return { roles, devices: [devices].flat(), rule: name ?? `rule ${index + 1}` };
}

const CLIENT_CLAIMS: readonly unknown[] = ['client_id', 'azp'];

function matches({ when }: AccessRule, claims: Claims, trustUnverifiedEmail: boolean): boolean {
  const conditions = [when].flat();
  // What a client may do for itself is not what everybody may do who comes by it: that takes a condition on the person.
  const isForServices = conditions.every(({ claim }) => CLIENT_CLAIMS.includes(claim));
  if (isForServices && claims['sub'] !== undefined) return false;
  return conditions.length > 0 && conditions.every((condition) => isMet(condition, claims, trustUnverifiedEmail));
}

function isMet({ claim, equals }: AccessCondition, claims: Claims, trustUnverifiedEmail: boolean): boolean {
  if (claim === 'email') return isEmail(equals, claims, trustUnverifiedEmail);
  const value = valueOf(claims, claim);
  return Array.isArray(value) ? value.includes(equals) : value === equals;
}

/** An address of which the provider does not say that it has verified it can be anybody's. */
function isEmail(wanted: AccessCondition['equals'], claims: Claims, trustUnverifiedEmail: boolean): boolean {
  const { email, email_verified: verified } = claims;
  if (typeof email !== 'string' || typeof wanted !== 'string') return false;
  // Some providers write it as a text.
  const isVerified = verified === true || verified === 'true';
  if (!isVerified && !(trustUnverifiedEmail && verified === undefined)) return false;
  return email.toLowerCase() === wanted.toLowerCase();
}

function valueOf(claims: Claims, claim: string | string[]): unknown {
  if (Array.isArray(claim)) return valueAt(claims, claim);
  if (Object.hasOwn(claims, claim)) return claims[claim];
  // Providers name the client by the one or the other.
  if (claim === 'client_id') return claims['azp'];
  return valueAt(claims, claim.split('.'));
}

function valueAt(claims: Claims, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, claims);
}
