import { z } from 'zod';
import { Environment } from './environment.ts';
import { Role, type DeviceGrant } from './principal.ts';

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

const Text = z.string({ error: 'a text' }).min(1, { error: 'a text' });

const Condition = z.strictObject(
  {
    claim: z.union([Text, z.array(Text).min(1)], {
      error: 'the name of a claim, a dotted path into nested claims, or a list of names',
    }),
    equals: z.union([Text, z.number(), z.boolean()], { error: 'a text, a number, true or false' }),
  },
  { error: 'claim and equals' },
);

const Devices = z
  .strictObject(
    {
      all: z.literal(true, { error: 'true, or leave the key out and say which devices' }).optional(),
      environments: listOf(z.enum(Environment.options, { error: Environment.options.join(', ') })),
      tags: listOf(Text),
      ids: listOf(Text),
    },
    { error: 'all, environments, tags, ids' },
  )
  .refine(({ all, ...criteria }) => (all === true) !== Object.values(criteria).some((given) => given !== undefined), {
    error: 'either "all: true", or at least one of environments, tags, ids',
  }) as unknown as z.ZodType<DeviceGrant>;

const Rule = z.strictObject(
  {
    name: Text.max(100).optional(),
    when: oneOrMore(Condition, 'claim and equals, or a list of such conditions that must all hold'),
    roles: z
      .array(z.enum(Role.options, { error: Role.options.join(', ') }), { error: 'a list of roles' })
      .min(1, { error: 'at least one role' }),
    devices: oneOrMore(Devices, '"all: true", or a list of environments, tags, ids: a role without devices is no role'),
  },
  { error: 'name, when, roles, devices' },
);

/** The content of CONVOY_ACCESS_FILE. */
export const AccessFileSchema = z
  .strictObject(
    {
      rules: z.array(Rule, { error: 'a list of rules; an empty one gives nobody anything' }),
      trustUnverifiedEmail: z.boolean({ error: 'true or false' }).optional(),
    },
    { error: 'rules, trustUnverifiedEmail' },
  )
  .superRefine(({ rules }, context) => {
    const names = rules.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (name === undefined || names.indexOf(name) === index) continue;
      context.addIssue({
        code: 'custom',
        path: ['rules', index, 'name'],
        message: 'a name that no other rule has',
      });
    }
  });

/** One of them, or a list of at least one. */
function oneOrMore<Item extends z.ZodType>(item: Item, allowed: string) {
  const list = z.array(item, { error: allowed }).min(1, { error: allowed });
  return z.preprocess((given) => (isPlainObject(given) ? [given] : given), list);
}

function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: 'a list' }).min(1, { error: 'a list that is not empty' }).optional();
}

function isPlainObject(given: unknown): boolean {
  return given !== null && typeof given === 'object' && !Array.isArray(given);
}
