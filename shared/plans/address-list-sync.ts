import { z } from 'zod';
import type { Risk } from '../domain/plan.ts';
import type { Step } from '../domain/change.ts';
import { AppError } from '../errors/app-error.ts';
import { CommentInput } from '../operations/comment-input.ts';
import { listAtMost } from '../operations/list-at-most.ts';
import { canonicalHostName, refused } from '../routeros/addresses.ts';
import { canonicalValue } from '../routeros/canonical.ts';
import { ListUsage, lockoutBy, readListUsage, RULE_MENUS } from '../routeros/list-usage.ts';
import { ADDRESS_LIST_MENUS, entryAddition, entryRemoval, entrySettling } from '../routeros/listed-entries.ts';
import { MANAGEMENT_MENUS } from '../routeros/management-path.ts';
import { isNetwork, overlaps, parsePrefix, type Prefix } from '../routeros/prefixes.ts';
import type { Router, RouterRecord } from '../routeros/router.ts';
import { isDynamic } from '../routeros/row-key.ts';
import { toBoolean, toRequiredText } from '../routeros/values.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';

const MOST_ENTRIES = 5_000;
/** Wider networks hold so much of the address space that a mistake cuts off whoever it meets. */
const SHORTEST_USUAL_PREFIX = { 4: 8, 6: 16 } as const;
const FIELDS = ['list', 'address', 'comment', 'dynamic', 'disabled'];

const Family = z.enum(['ipv4', 'ipv6']);
type Family = z.infer<typeof Family>;

const Listed = z.strictObject({
  address: z
    .string()
    .max(253)
    .check(refused(addressProblem))
    .overwrite(canonicalListed)
    .describe('An address, a network such as "198.51.100.0/24", or a host name whose addresses the router looks up'),
  comment: CommentInput.optional().describe('Left out, an entry that is there keeps its own; "" takes it away'),
});

const Input = z.strictObject({
  list: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9 ._:@+-]{0,62}$/, 'a list is 1 to 63 letters, digits, spaces or "._:@+-"')
    .describe('The address list, such as "blocked"'),
  entries: z
    .array(Listed)
    .min(1, 'give at least one entry; to empty a list, name its entries with mode "remove_only"')
    .max(MOST_ENTRIES, `at most ${MOST_ENTRIES} entries are allowed`)
    .describe('The entries the mode is about, 1 to 5,000; they stay until they are removed'),
  mode: z
    .enum(['exact', 'add_only', 'remove_only'])
    .describe('exact: the list holds these and no others; add_only: also these; remove_only: none of these'),
  families: z
    .array(Family)
    .min(1)
    .max(2)
    .optional()
    .describe('Which lists of that name, names go to each; default: of the addresses given, ipv4 for names alone'),
});
type Input = z.output<typeof Input>;

const HeldEntry = z.strictObject({ address: z.string(), comment: z.string().nullable(), disabled: z.boolean() });

const HeldList = z.strictObject({
  family: Family,
  /** Those that stay until somebody removes them, in the order of their addresses. */
  entries: z.array(HeldEntry),
  /** Wanted addresses that are on the list for a time, or because a listed name leads to them. */
  passing: z.array(z.string()),
  /** How many entries the router keeps by itself. */
  dynamicEntries: z.int(),
  usage: ListUsage,
});
type HeldList = z.output<typeof HeldList>;

const Current = z.strictObject({ lists: z.array(HeldList) });

export const addressListSync = definePlan({
  kind: 'address_list_sync',
  title: 'Firewall address list',
  summary:
    'Proposes what one firewall address list holds on a set of routers: exactly these entries, also these, or none.',
  phase: 3,
  flag: 'allowFirewallWrites',
  paths: [...Object.values(ADDRESS_LIST_MENUS), ...Object.values(RULE_MENUS).flat(), ...MANAGEMENT_MENUS],
  input: Input,
  refuse: inputProblem,
  current: Current,
  capture: async (router, { input }) => {
    const lists = [];
    for (const family of familiesOf(input)) lists.push(await captureList(router, family, input));
    return { lists };
  },
  steps: ({ lists }, input) => {
    const parts = lists.map((held) => listChanges(held, input));
    return [
      ...parts.flatMap(({ additions }) => additions),
      ...parts.flatMap(({ settlings }) => settlings),
      ...parts.flatMap(({ removals }) => removals),
    ];
  },
  risk: assessRisk,
  example: {
    list: 'blocked',
    entries: [{ address: '192.0.2.7', comment: 'scans' }, { address: '2001:db8:bad::/48' }],
    mode: 'exact',
  },
});

async function captureList(router: Router, family: Family, input: Input): Promise<HeldList> {
  const { list } = input;
  const hint = 'Change a list of this size at the router.';
  const all = await listAtMost(router, ADDRESS_LIST_MENUS[family], { fields: FIELDS, only: { list }, hint });
  const rows = all.filter((row) => row['list'] === list);
  const dynamic = rows.filter(isDynamic);
  const wanted = new Set(entriesOf(input, family).map(({ address }) => address));
  return {
    family,
    entries: rows
      .filter((row) => !isDynamic(row))
      .map(toHeldEntry)
      .sort(byAddress),
    passing: [...new Set(dynamic.map(addressOf))].filter((address) => wanted.has(address)).sort(),
    dynamicEntries: dynamic.length,
    usage: await readListUsage(router, family, list),
  };
}

function toHeldEntry(row: RouterRecord): z.output<typeof HeldEntry> {
  const address = toRequiredText(row['address'], 'address');
  return { address, comment: row['comment'] || null, disabled: toBoolean(row['disabled']) };
}

function byAddress(one: { address: string }, other: { address: string }): number {
  return one.address < other.address ? -1 : 1;
}

function addressOf({ address = '' }: RouterRecord): string {
  return canonicalListed(address);
}

interface ListChanges {
  additions: Step[];
  settlings: Step[];
  removals: Step[];
}

/** What takes one family's list to what is wanted; fails with UNSAFE_OPERATION where that would cut off its managers. */
function listChanges({ family, entries, passing, usage }: HeldList, input: Input): ListChanges {
  const { list, mode } = input;
  const menu = ADDRESS_LIST_MENUS[family];
  const held = heldByAddress(list, entries);
  const wanted = new Map(entriesOf(input, family).map((entry) => [entry.address, entry]));
  const changes: ListChanges = { additions: [], settlings: [], removals: [] };
  for (const { address, comment } of mode === 'remove_only' ? [] : wanted.values()) {
    const row = held.get(address);
    if (row) changes.settlings.push(...entrySettling(menu, row, comment, keyOf(row)));
    else if (passing.includes(address)) throw isPassing(address, list);
    else changes.additions.push(entryAddition(menu, { list, address }, comment));
  }
  const goes = (address: string): boolean => mode !== 'add_only' && wanted.has(address) === (mode === 'remove_only');
  for (const [address, row] of held) if (goes(address)) changes.removals.push(entryRemoval(menu, row, keyOf(row)));
  const before = entries.filter(({ disabled }) => !disabled).map(({ address }) => address);
  const kept = before.filter((address) => !goes(canonicalListed(address)));
  const after = mode === 'remove_only' ? kept : [...kept, ...wanted.keys()];
  const problem = lockoutBy(usage, list, { before, after });
  if (problem === null) return changes;
  throw new AppError('UNSAFE_OPERATION', {
    message: `${problem}; the change would cut the router off.`,
    hint: 'Name networks that leave this address as it is, or first put a rule in front that accepts the managers.',
  });
}

function heldByAddress(list: string, entries: HeldList['entries']): Map<string, RouterRecord & ListedKey> {
  const held = new Map<string, RouterRecord & ListedKey>();
  for (const { address, comment, disabled } of entries) {
    const canonical = canonicalListed(address);
    if (held.has(canonical)) {
      throw new AppError('DEVICE_ENTRY_AMBIGUOUS', {
        message: `${list} has ${address} more than once, with some of them disabled.`,
        hint: 'Remove all but one of them at the router.',
      });
    }
    const row = { list, address, ...(comment === null ? {} : { comment }), disabled: String(disabled) };
    held.set(canonical, row);
  }
  return held;
}

interface ListedKey {
  list: string;
  address: string;
}

function keyOf({ list, address }: ListedKey): { list: string; address: string } {
  return { list, address };
}

function isPassing(address: string, list: string): AppError {
  return new AppError('CONFLICT', {
    message: `${address} is on ${list} for a time, or by a name that leads to it; such entries are left alone.`,
    hint: 'Leave it out, or take it off the list first, with update_address_list.',
  });
}

function entriesOf(input: Input, family: Family): Input['entries'] {
  return input.entries.filter(({ address }) => (familyOf(address) ?? family) === family);
}

/** Null of host names, which have addresses of both. */
function familyOf(address: string): Family | null {
  const prefix = parsePrefix(address);
  return prefix === null ? null : prefix.family === 4 ? 'ipv4' : 'ipv6';
}

function familiesOf({ entries, families }: Input): Family[] {
  const given = new Set<Family | null>(families ?? entries.map(({ address }) => familyOf(address)));
  const found = Family.options.filter((family) => given.has(family));
  return found.length > 0 ? found : ['ipv4'];
}

/** `10.0.0.1/32` as `10.0.0.1`, and names in lower case; ranges as they are. */
function canonicalListed(text: string): string {
  return parsePrefix(text) === null ? text.toLowerCase() : canonicalValue('address', text);
}

function addressProblem(text: string): string | null {
  const given = JSON.stringify(text.slice(0, 64));
  const prefix = parsePrefix(text);
  if (prefix === null) {
    return canonicalHostName(text) === null ? `${given} is not an address, a network or a host name` : null;
  }
  if (prefix.length === 0) return `${given} is every address; list the networks that are meant`;
  return isNetwork(prefix) ? null : `${given} has bits behind its prefix length; give the network`;
}

function inputProblem({ entries, mode, families }: Input): string | null {
  const seen = new Set<string>();
  for (const { address, comment } of entries) {
    if (seen.has(address)) return `entries: ${address} is given more than once`;
    seen.add(address);
    const family = familyOf(address);
    if (families && family !== null && !families.includes(family)) {
      return `families: ${families.join(', ')} was given, but ${address} is ${family}`;
    }
    if (mode === 'remove_only' && comment !== undefined) return `entries: ${address} is removed and takes no comment`;
  }
  return mode === 'remove_only' ? null : overlapAmong(entries.map(({ address }) => address));
}

/** Networks nest or have nothing in common, so that in order one within another stands right behind it or its like. */
function overlapAmong(addresses: readonly string[]): string | null {
  const prefixes = addresses
    .flatMap((text): { text: string; prefix: Prefix }[] => {
      const prefix = parsePrefix(text);
      return prefix === null ? [] : [{ text, prefix }];
    })
    .sort(({ prefix: a }, { prefix: b }) => a.family - b.family || compare(a.value, b.value) || a.length - b.length);
  for (const [index, { text, prefix }] of prefixes.entries()) {
    const outer = prefixes[index - 1];
    if (outer && overlaps(outer.prefix, prefix)) return `entries: ${text} is within ${outer.text}; give one of them`;
  }
  return null;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function assessRisk(
  facts: RiskFacts<z.output<typeof Current>>,
  { list, entries, mode }: Input,
): { risk: Risk; reasons: string[] } {
  const lists = (facts.captured ?? []).flatMap((device) => device.lists);
  const uses = lists.map(({ usage }) => usage);
  const own = uses.filter((usage) => usage.stopsListed || usage.admitsListed || usage.isLookedAt);
  const hasNames = entries.some(({ address }) => parsePrefix(address) === null);
  const wide = entries.find(({ address }) => isWide(address));
  const reasons = [
    ...fleetReasons(facts),
    ...(own.length > 0 ? [`firewall rules decide by ${list} what reaches the routers themselves`] : []),
    ...(own.some(({ managers }) => managers === null) ? ['from where some routers are managed could not be told'] : []),
    ...(own.length > 0 && hasNames ? ['what addresses the listed names lead to cannot be told beforehand'] : []),
    ...(mode !== 'remove_only' && wide ? [`${wide.address} is a very wide network`] : []),
  ];
  const stays = lists.reduce((sum, { dynamicEntries }) => sum + dynamicEntries, 0);
  const told = stays > 0 ? [`${stays} entries that the routers keep by themselves stay as they are`] : [];
  if (reasons.length > 0) return { risk: 'high', reasons: [...reasons, ...told] };
  return { risk: 'medium', reasons: ['traffic that rules match by the list is treated differently', ...told] };
}

function isWide(address: string): boolean {
  const prefix = parsePrefix(address);
  return prefix !== null && prefix.length < SHORTEST_USUAL_PREFIX[prefix.family];
}
