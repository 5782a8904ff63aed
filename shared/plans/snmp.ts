import { z } from 'zod';
import type { RouterValues, Step } from '../domain/change.ts';
import type { Risk } from '../domain/plan.ts';
import { AppError } from '../errors/app-error.ts';
import { CommentInput } from '../operations/comment-input.ts';
import { INTERFACE } from '../operations/interface/configured-interface.ts';
import { InterfaceName } from '../operations/list-filters.ts';
import { refused, ServerAddress } from '../routeros/addresses.ts';
import { sameValue } from '../routeros/canonical.ts';
import { isNetwork, parsePrefix, PrefixText } from '../routeros/prefixes.ts';
import type { Router, RouterRecord } from '../routeros/router.ts';
import { toBoolean, toList } from '../routeros/values.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';
import { changeOfRow, heldRow, rowAfter, type RowWish } from './row-steps.ts';
import { twice } from './wish-rules.ts';

const SNMP = '/snmp';
const COMMUNITY = '/snmp/community';
const MOST_COMMUNITIES = 20;
const MOST_MEMBERS = 20;

/** Neither the community of traps nor the name of any is read: whoever knows them may ask. */
const SETTINGS = [
  'enabled',
  'contact',
  'location',
  'engine-id-suffix',
  'trap-target',
  'trap-version',
  'trap-generators',
  'trap-interfaces',
];
const COMMUNITY_FIELDS = ['addresses', 'read-access', 'write-access', 'disabled'];

const WantedCommunity = z.strictObject({
  comment: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Which one, by its comment; its name is a secret. Left out: the default one that every router has'),
  addresses: z
    .array(PrefixText.check(refused(networkProblem)))
    .min(1)
    .max(MOST_MEMBERS)
    .optional()
    .describe('Networks from which it is answered'),
  readAccess: z.boolean().optional(),
  writeAccess: z.literal(false).optional().describe('Only taken away'),
  enabled: z.boolean().optional(),
});
type WantedCommunity = z.output<typeof WantedCommunity>;

const Input = z.strictObject({
  enabled: z.boolean().optional().describe('Whether routers answer SNMP'),
  contact: CommentInput.optional().describe('Who looks after the routers'),
  location: CommentInput.optional().describe('Such as "rack 3, Vienna"'),
  trapTargets: z.array(ServerAddress).max(MOST_MEMBERS).optional().describe('Who is told of events; [] is nobody'),
  trapVersion: z.int().min(1).max(3).optional().describe('Of SNMP'),
  trapGenerators: z
    .array(z.enum(['interfaces', 'start-trap', 'temp-exception']))
    .max(3)
    .optional()
    .describe('Which events'),
  trapInterfaces: z.array(InterfaceName).max(MOST_MEMBERS).optional().describe('Of which interfaces; "all" is all'),
  engineIdSuffix: z
    .string()
    .regex(/^[0-9A-Za-z]{0,27}$/, 'at most 27 letters and digits')
    .optional()
    .describe('Of SNMPv3, from RouterOS 7.10 on'),
  communities: z
    .array(WantedCommunity)
    .max(MOST_COMMUNITIES)
    .default([])
    .describe('Communities to restrict; they are made and named at the router, and their passwords stay'),
});
type Input = z.output<typeof Input>;

const Row = z.record(z.string(), z.string());
const Current = z.strictObject({
  settings: Row,
  communities: z.array(
    z.strictObject({ isDefault: z.boolean(), comment: z.string(), row: Row, isSecured: z.boolean() }),
  ),
  /** Of the trap interfaces asked for those that the router lacks. */
  missing: z.array(z.string()),
});
type Current = z.output<typeof Current>;
type HeldCommunity = Current['communities'][number];

export const snmp = definePlan({
  kind: 'snmp',
  title: 'SNMP settings',
  summary:
    'Proposes SNMP settings, traps, and from where communities are answered. Reads and writes no community names or passwords.',
  phase: 3,
  paths: [SNMP, COMMUNITY, INTERFACE],
  input: Input,
  refuse: refuseWish,
  current: Current,
  capture: (router, { input }) => capture(router, input),
  steps: (current, input) => {
    refuseMissing(current);
    const communities = input.communities.flatMap((wish) => communityStep(current, wish) ?? []);
    const settings = settingsStep(current, input);
    refuseOpen(current, communities, settings);
    // Restricted before SNMP is switched on, and opened again after it is switched off.
    return [...communities, ...settings];
  },
  risk: assessRisk,
  example: {
    enabled: true,
    location: 'rack 3, Vienna',
    communities: [{ addresses: ['10.20.0.0/24'], writeAccess: false }],
  },
});

async function capture(router: Router, { trapInterfaces = [] }: Input): Promise<Current> {
  const fields = [...COMMUNITY_FIELDS, 'comment', 'default', 'security'];
  const communities = (await router.list(COMMUNITY, { fields })).map(heldCommunity);
  return {
    settings: heldRow(await router.get(SNMP), SETTINGS),
    communities: communities.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
    missing: await absentInterfaces(router, trapInterfaces),
  };
}

function heldCommunity(record: RouterRecord): HeldCommunity {
  return {
    isDefault: toBoolean(record['default']),
    comment: record['comment'] ?? '',
    row: { disabled: 'false', ...heldRow(record, COMMUNITY_FIELDS) },
    isSecured: record['security'] === 'authorized' || record['security'] === 'private',
  };
}

async function absentInterfaces(router: Router, asked: readonly string[]): Promise<string[]> {
  const names = asked.filter((name) => name !== 'all');
  if (names.length === 0) return [];
  const known = new Set((await router.list(INTERFACE, { fields: ['name'] })).map(({ name }) => name));
  return names.filter((name) => !known.has(name)).toSorted();
}

function settingsStep({ settings }: Current, input: Input): Step[] {
  if (input.engineIdSuffix !== undefined && settings['engine-id-suffix'] === undefined) {
    throw new AppError('DEVICE_UNSUPPORTED', {
      message: 'engineIdSuffix needs RouterOS 7.10 or later.',
      hint: 'Leave it out, or leave such devices out.',
    });
  }
  const wanted: Record<string, string | undefined> = {
    enabled: input.enabled?.toString(),
    contact: input.contact,
    location: input.location,
    'engine-id-suffix': input.engineIdSuffix,
    'trap-target': input.trapTargets?.join(','),
    'trap-version': input.trapVersion?.toString(),
    'trap-generators': input.trapGenerators?.join(','),
    'trap-interfaces': input.trapInterfaces?.join(','),
  };
  const after = Object.fromEntries(
    Object.entries(wanted).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !sameValue(entry[0], settings[entry[0]], entry[1]),
    ),
  );
  if (Object.keys(after).length === 0) return [];
  const before = Object.fromEntries(Object.keys(after).map((field) => [field, settings[field] ?? '']));
  return [{ op: 'set', menu: SNMP, before, after }];
}

function communityStep({ communities }: Current, wish: WantedCommunity): Step | null {
  const { row } = communityOf(communities, wish.comment);
  const settings: RowWish = {
    addresses: wish.addresses?.join(','),
    'read-access': wish.readAccess?.toString(),
    'write-access': wish.writeAccess?.toString(),
    disabled: wish.enabled === undefined ? undefined : String(!wish.enabled),
  };
  return changeOfRow(COMMUNITY, keyOf(wish.comment), row, settings);
}

function keyOf(comment: string | undefined): RouterValues {
  return comment === undefined ? { default: 'true' } : { comment };
}

function communityOf(communities: readonly HeldCommunity[], comment: string | undefined): HeldCommunity {
  const [community, ...others] = communities.filter((one) =>
    comment === undefined ? one.isDefault : one.comment === comment,
  );
  const which =
    comment === undefined ? 'default SNMP community' : `SNMP community with the comment ${JSON.stringify(comment)}`;
  if (community === undefined) {
    throw new AppError('DEVICE_ENTRY_MISSING', {
      message: `The router has no ${which}.`,
      hint: 'Make it at the router, with that comment; its name is a secret, which no plan holds.',
    });
  }
  if (others.length === 0) return community;
  throw new AppError('DEVICE_ENTRY_AMBIGUOUS', {
    message: `The router has ${others.length + 1} entries that are the ${which}.`,
    hint: 'Give each a comment of its own at the router.',
  });
}

function refuseMissing({ missing }: Current): void {
  if (missing.length === 0) return;
  throw new AppError('DEVICE_REFERENCE_MISSING', {
    message: `The router has no interface ${missing.map((name) => JSON.stringify(name)).join(', ')}.`,
    hint: 'Leave such devices out, or name interfaces that all of them have; list_interfaces shows them.',
  });
}

/** Everybody knows the name that routers come with: it must not let everybody read. */
function refuseOpen({ settings, communities }: Current, changes: readonly Step[], set: readonly Step[]): void {
  const [step] = set;
  const isSwitchedOn = step?.op === 'set' && step.after['enabled'] === 'true';
  const isOn = isSwitchedOn || (settings['enabled'] === 'true' && !(step?.op === 'set' && 'enabled' in step.after));
  const standard = communities.find(({ isDefault }) => isDefault);
  const change = changes.find((one) => one.op === 'change' && one.key['default'] === 'true');
  if (standard === undefined || !isOn || !(isSwitchedOn || change !== undefined)) return;
  const after = { ...standard, row: change === undefined ? standard.row : rowAfter(standard.row, change) };
  // One that was as open before is not made worse, but by switching on.
  if (!isOpen(after) || (!isSwitchedOn && isOpen(standard))) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: 'The default SNMP community, whose name everybody knows, would let everybody read.',
    hint: 'Give it addresses in the same plan, such as those of the monitoring; or take away its readAccess, or disable it.',
  });
}

/** Whoever knows its name may read, from anywhere. */
function isOpen({ row, isSecured }: HeldCommunity): boolean {
  const addresses = toList(row['addresses']);
  const isAnywhere = addresses.length === 0 || addresses.some((text) => parsePrefix(text)?.length === 0);
  return row['disabled'] !== 'true' && toBoolean(row['read-access']) && isAnywhere && !isSecured;
}

function refuseWish({ communities, ...settings }: Input): string | null {
  if (communities.length === 0 && Object.values(settings).every((value) => value === undefined)) {
    return 'give a setting or communities';
  }
  for (const [index, { comment: _which, ...fields }] of communities.entries()) {
    if (Object.values(fields).some((value) => value !== undefined)) continue;
    return `communities[${index}]: give addresses, readAccess, writeAccess or enabled`;
  }
  return (
    twice(
      'communities',
      communities.map(({ comment }) => JSON.stringify(comment ?? null)),
    ) ??
    twice('trapInterfaces', settings.trapInterfaces ?? []) ??
    twice('trapTargets', settings.trapTargets ?? [])
  );
}

function networkProblem(text: string): string | null {
  const prefix = parsePrefix(text);
  if (prefix === null) return null;
  if (prefix.length === 0) return `${text} is everybody; give the networks of those who may ask`;
  return isNetwork(prefix) ? null : `${text} has bits behind its prefix length; give the network`;
}

function assessRisk(facts: RiskFacts<Current>, input: Input): { risk: Risk; reasons: string[] } {
  const open = (facts.captured ?? []).filter(({ communities }) =>
    communities.some((one) => !one.isDefault && isOpen(one) && !isRestricted(one, input)),
  );
  const reasons = [
    ...fleetReasons(facts),
    ...(input.enabled === true && open.length > 0
      ? [`on ${open.length} devices other communities may be read from anywhere by whoever knows their names`]
      : []),
    ...(input.engineIdSuffix === undefined ? [] : ['SNMPv3 users that keep keys of the old engine id are locked out']),
  ];
  if (reasons.length > 0) return { risk: 'high', reasons };
  const { contact: _contact, location: _location, communities, ...rest } = input;
  if (communities.length === 0 && Object.values(rest).every((value) => value === undefined)) {
    return { risk: 'low', reasons: ['only texts are changed'] };
  }
  return { risk: 'medium', reasons: ['who may ask the routers by SNMP, or is told by them, changes'] };
}

function isRestricted({ comment }: HeldCommunity, { communities }: Input): boolean {
  return communities.some(
    (wish) =>
      wish.comment === comment && (wish.addresses !== undefined || wish.readAccess === false || wish.enabled === false),
  );
}
