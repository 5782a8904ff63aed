import type { AccessCondition, AccessFile, AccessRule } from './access-file.ts';
import { allRoles, type Role, type RoleGrant } from './principal.ts';

export interface Access {
  /** Every role of any grant. */
  roles: Role[];
  grants: RoleGrant[];
}

export type Claims = Readonly<Record<string, unknown>>;

/** Claims that say who it is, kept whatever the rules look at. */
const IDENTITY_CLAIMS: readonly string[] = ['sub', 'email', 'email_verified', 'client_id', 'azp'];

export interface AccessMapping {
  /** A grant for each rule that matches; none when none does, which means no access. */
  accessOf(claims: Claims): Access;
  /** Those of the claims that say who it is and those that a rule looks at: by them alone `accessOf` answers the same. */
  relevantOf(claims: Claims): Claims;
}

/** Applies the rules. Each keeps its roles and devices together: `operator` of the lab is nothing elsewhere. */
export function createAccessMapping({ rules, trustUnverifiedEmail = false }: AccessFile): AccessMapping {
  const grants = rules.map((rule, index) => ({ rule, grant: grantOf(rule, index) }));
  const looked = rules.flatMap(({ when }) => [when].flat().flatMap(({ claim }) => namesOf(claim)));
  const relevant = new Set([...IDENTITY_CLAIMS, ...looked]);
  return {
    relevantOf: (claims) => Object.fromEntries(Object.entries(claims).filter(([name]) => relevant.has(name))),
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

/** Names of the claims in which the value may be: of a dotted one itself, and the one that its path begins with. */
function namesOf(claim: string | string[]): string[] {
  return Array.isArray(claim) ? claim.slice(0, 1) : [claim, ...claim.split('.', 1)];
}

function valueAt(claims: Claims, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, claims);
}
