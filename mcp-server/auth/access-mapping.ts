import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { allRoles, DeviceGrant, Role, type RoleGrant } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';

const AccessRule = z.strictObject({
  when: z.strictObject({
    /** A claim's exact name, else a dotted path into nested claims. A list claim matches when it contains the value. */
    claim: z.string().min(1),
    equals: z.union([z.string(), z.number(), z.boolean()]),
  }),
  roles: z.array(Role).min(1),
  devices: z.union([z.strictObject({ all: z.literal(true) }), z.array(DeviceGrant).min(1)]),
});

/** The static mapping from a token's claims to roles and devices. */
export const AccessFile = z.strictObject({ rules: z.array(AccessRule) });
export type AccessFile = z.infer<typeof AccessFile>;

export interface Access {
  /** Every role of any grant. */
  roles: Role[];
  grants: RoleGrant[];
}

export interface AccessMapping {
  /** A grant for each rule that matches; none when none does, which means no access. */
  accessOf(claims: Readonly<Record<string, unknown>>): Access;
}

/** Reads CONVOY_ACCESS_FILE; fails with INVALID_CONFIGURATION naming the file, the key and what is allowed. */
export async function loadAccessMapping(file: string): Promise<AccessMapping> {
  let content: unknown;
  try {
    content = parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error), error);
  }
  const result = AccessFile.safeParse(content);
  if (!result.success) throw invalid(file, z.prettifyError(result.error), result.error);
  return createAccessMapping(result.data);
}

/** Applies the rules. Each keeps its roles and devices together: `operator` of the lab is nothing elsewhere. */
export function createAccessMapping({ rules }: AccessFile): AccessMapping {
  return {
    accessOf(claims) {
      const grants = rules.filter((rule) => matches(rule.when, claims)).map(grantOf);
      return { roles: allRoles({ grants }), grants };
    },
  };
}

function grantOf({ roles, devices }: z.infer<typeof AccessRule>): RoleGrant {
  return { roles, devices: Array.isArray(devices) ? devices : [devices] };
}

type Condition = z.infer<typeof AccessRule>['when'];

function matches({ claim, equals }: Condition, claims: Readonly<Record<string, unknown>>): boolean {
  // An address the provider itself has not verified can be anybody's.
  if (claim === 'email' && claims['email_verified'] === false) return false;
  const value = claimAt(claims, claim);
  return Array.isArray(value) ? value.includes(equals) : value === equals;
}

function claimAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((value, key) => {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, claims);
}

function invalid(file: string, reason: string, cause: unknown): AppError {
  return new AppError('INVALID_CONFIGURATION', { message: `The access file ${file} cannot be used: ${reason}`, cause });
}
