import { keyAfter, type RouterValues, type Step } from '../../domain/change.ts';
import { PRESENCE_FLAGS } from '../../domain/say-value.ts';
import { sameValue } from '../../routeros/canonical.ts';
import {
  configurationObjects,
  type ConfigurationMenu,
  type ConfigurationRow,
} from '../../routeros/configuration-objects.ts';
import { consoleArgument, consoleMenu, consoleWord } from '../../routeros/console-quote.ts';
import { isSecretField, REDACTED } from '../../routeros/secret-fields.ts';
import { BaselineDraft, fieldOf, hasSameValues, type BaselineMove } from './baseline-draft.ts';

/** What a plan wrote to a device. */
export interface PlanWrites {
  /** In the order in which they were made. */
  steps: readonly Step[];
  /** False: whether each step is on the device is not known, so only what is found there counts. */
  isCertain: boolean;
}

/**
 * The baseline of a device after a plan changed it, and what that moved: of every object that the plan wrote exactly the
 * fields it wrote, as the device's export shows them now. What somebody else changed, before the plan or after it, stays
 * different from the baseline. Pure.
 */
export function moveBaseline(
  baseline: readonly ConfigurationMenu[],
  live: readonly ConfigurationMenu[],
  { steps, isCertain }: PlanWrites,
): { menus: ConfigurationMenu[]; moves: BaselineMove[] } {
  const draft = new BaselineDraft(baseline);
  for (const step of steps) {
    if (step.op === 'set' && step.menu === NTP_CLIENT) moveNtpServers(draft, live, step, isCertain);
    if (step.op === 'set') moveSingleton(draft, live, step, isCertain);
    else if (step.op === 'add') moveAdded(draft, live, step, isCertain);
    else if (step.op === 'remove') moveRemoved(draft, live, step, isCertain);
    else if (step.op === 'change') moveChanged(draft, live, step, isCertain);
    else movePlace(draft, live, step);
  }
  return { menus: draft.menus, moves: draft.moves };
}

type StepOf<Op extends Step['op']> = Extract<Step, { op: Op }>;
type Wanted = Readonly<Record<string, string | null>>;

function moveSingleton(
  draft: BaselineDraft,
  live: readonly ConfigurationMenu[],
  { menu, before, after }: StepOf<'set'>,
  isCertain: boolean,
): void {
  const there = menuOf(live, menu, { isSingleton: true });
  const now = there.rows[0] ?? null;
  const held = draft.rows(menu)[0] ?? null;
  const wanted = Object.fromEntries(Object.entries(after).filter(([field, value]) => before[field] !== value));
  const values = merged(menu, held?.values ?? {}, now?.values ?? {}, wanted, isCertain);
  if (held !== null && hasSameValues(held.values, values)) return;
  const row: ConfigurationRow = held ?? now ?? { key: '', rowKey: {}, command: 'set', values: {} };
  draft.replace(there, held, Object.keys(values).length === 0 ? null : { ...row, values });
}

function moveAdded(
  draft: BaselineDraft,
  live: readonly ConfigurationMenu[],
  { menu, key, values }: StepOf<'add'>,
  isCertain: boolean,
): void {
  const there = menuOf(live, menu);
  const now = rowLike(there.rows, key, values);
  const held = rowLike(draft.rows(menu), key, values);
  if (held !== null) {
    // It had been removed by hand, and the plan put it back, perhaps with other values.
    const made = merged(menu, held.values, now?.values ?? {}, values, isCertain, now === null);
    if (!hasSameValues(held.values, made)) draft.replace(there, held, { ...held, values: made });
  } else if (now !== null) {
    // What else stands in the row, such as the network of an address, the router added to it.
    const own = { ...now.values, ...differing(menu, now.values, values) };
    draft.replace(there, null, { ...now, values: own });
  } else if (isCertain) {
    draft.replace(there, null, rowOf(menu, values));
  }
}

function moveRemoved(
  draft: BaselineDraft,
  live: readonly ConfigurationMenu[],
  { menu, key, values }: StepOf<'remove'>,
  isCertain: boolean,
): void {
  const held = rowLike(draft.rows(menu), key, values);
  const there = menuOf(live, menu);
  if (held === null || (!isCertain && rowLike(there.rows, key, values) !== null)) return;
  draft.replace(there, held, null);
}

function moveChanged(
  draft: BaselineDraft,
  live: readonly ConfigurationMenu[],
  step: StepOf<'change'>,
  isCertain: boolean,
): void {
  const { key, before, after } = step;
  const renamed = keyAfter(step);
  // An interface is exported with those of its kind, and not at all while it is as it was made.
  const menus = menusOf(step.menu, live, draft);
  const isNamed = menus.some((menu) => rowLike(menuOf(live, menu).rows, renamed, withoutNull(after)) !== null);
  if (!isNamed && menus.length === 1) moveUnnamed(draft, menuOf(live, step.menu), step);
  for (const menu of menus) {
    const there = menuOf(live, menu);
    const now = rowLike(there.rows, renamed, withoutNull(after));
    const held = rowLike(draft.rows(menu), key, withoutNull(before));
    const isByItself = held === null && now?.command === 'set';
    if (held === null && !isByItself) continue;
    const row = (held ?? now)!;
    const values = merged(
      menu,
      held?.values ?? {},
      now?.values ?? {},
      after,
      isCertain,
      now === null && row.command === 'add',
    );
    const isRenamed = Object.keys(after).some((field) => field in row.rowKey);
    const named = isRenamed && now !== null ? { key: now.key, rowKey: now.rowKey } : {};
    if (held !== null && hasSameValues(held.values, values)) continue;
    const isGone = row.command === 'set' && Object.keys(values).length === 0;
    draft.replace(there, held, isGone ? null : { ...row, ...named, values });
  }
}

/** Rows that the export names in another way than the step: what such a one shows as it was written is the plan's. */
function moveUnnamed(draft: BaselineDraft, there: ConfigurationMenu, { key, after }: StepOf<'change'>): void {
  for (const now of there.rows) {
    if (now.command === 'add' || Object.keys(key).some((field) => fieldOf(now, field) !== undefined)) continue;
    const held = draft.rows(there.menu).find(({ key }) => key === now.key) ?? null;
    const wanted = Object.entries(after).filter(
      ([field, value]) => now.values[field] !== undefined && sameValue(field, now.values[field], value ?? undefined),
    );
    const values = merged(there.menu, held?.values ?? {}, now.values, Object.fromEntries(wanted), true);
    if (wanted.length > 0 && !hasSameValues(held?.values ?? {}, values)) draft.replace(there, held, { ...now, values });
  }
}

function movePlace(draft: BaselineDraft, live: readonly ConfigurationMenu[], { menu, key }: StepOf<'move'>): void {
  const held = rowLike(draft.rows(menu), key, {});
  if (held !== null) draft.reorder(menuOf(live, menu), held);
}

const NTP_CLIENT = '/system/ntp/client';
const NTP_SERVERS = '/system/ntp/client/servers';

/** The servers are a field of the client, and rows of a menu of their own in exports. */
function moveNtpServers(
  draft: BaselineDraft,
  live: readonly ConfigurationMenu[],
  { after }: StepOf<'set'>,
  isCertain: boolean,
): void {
  if (after['servers'] === undefined) return;
  const there = menuOf(live, NTP_SERVERS);
  const wanted = after['servers'].split(',').filter((address) => address !== '');
  const isThere = (address: string): boolean => there.rows.some(({ values }) => values['address'] === address);
  if (!isCertain && !wanted.every(isThere)) return;
  const unwanted = draft.rows(NTP_SERVERS).filter(({ values }) => !wanted.includes(values['address'] ?? ''));
  for (const row of unwanted) draft.replace(there, row, null);
  for (const address of wanted) {
    if (draft.rows(NTP_SERVERS).some(({ values }) => values['address'] === address)) continue;
    const now = there.rows.find(({ values }) => values['address'] === address);
    draft.replace(there, null, now ?? rowOf(NTP_SERVERS, { address }));
  }
}

/**
 * The values of a row of the baseline once the wanted ones are made, as the device shows them. A field that its export
 * leaves out has its default there, which is what was written or somebody's later change: nothing tells those apart.
 */
function merged(
  menu: string,
  held: RouterValues,
  now: RouterValues,
  wanted: Wanted,
  isCertain: boolean,
  isRowGone = false,
): RouterValues {
  const values = { ...held };
  for (const [field, value] of Object.entries(wanted)) {
    const found = now[field];
    const isMade =
      !isRowGone && (found === undefined || isSecretField(menu, field) || sameValue(field, found, value ?? undefined));
    const made = isMade ? found : isCertain ? written(menu, field, value) : held[field];
    if (made === undefined) delete values[field];
    else values[field] = made;
  }
  return values;
}

/** Of wanted values those that the row shows otherwise. */
function differing(menu: string, now: RouterValues, wanted: RouterValues): RouterValues {
  const entries = Object.entries(wanted).filter(([field, value]) => {
    const found = now[field];
    return found !== undefined && !isSecretField(menu, field) && !sameValue(field, found, value);
  });
  return Object.fromEntries(entries);
}

/** A value as an export would hold it: never a secret. */
function written(menu: string, field: string, value: string | null): string | undefined {
  if (value === null || (value === '' && !PRESENCE_FLAGS.has(field))) return undefined;
  return isSecretField(menu, field) ? REDACTED : value;
}

/** A row with these values as an export would have it. */
function rowOf(menu: string, given: RouterValues): ConfigurationRow {
  const words = Object.entries(given).flatMap(([field, value]) => {
    if (PRESENCE_FLAGS.has(field) && value === '') return [consoleWord(field)];
    const shown = written(menu, field, value);
    return shown === undefined ? [] : [consoleArgument(field, shown)];
  });
  const path = `/${consoleMenu(menu).slice(1).replaceAll('/', ' ')}`;
  const [read] = configurationObjects(`${path} add ${words.join(' ')}\n`);
  return read?.rows[0] ?? { key: '', rowKey: {}, command: 'add', values: {} };
}

/**
 * The row that a key of a step means. An export leaves out fields that have their defaults, so a row is one when nothing it
 * shows contradicts the key and something agrees; of several the one that agrees most, with the values too.
 */
export function rowLike(
  rows: readonly ConfigurationRow[],
  key: RouterValues,
  values: RouterValues,
): ConfigurationRow | null {
  let best: { row: ConfigurationRow; score: number } | null = null;
  for (const row of rows) {
    const named = agreement(row, key);
    if (named === null || named === 0) continue;
    const score = named * 1_000 + (agreement(row, values) ?? -1);
    if (best === null || score > best.score) best = { row, score };
  }
  return best?.row ?? null;
}

/** How many of the fields the row shows as given; null when it shows one otherwise. */
function agreement(row: ConfigurationRow, given: RouterValues): number | null {
  let count = 0;
  for (const [field, value] of Object.entries(given)) {
    if (field === 'dynamic') continue;
    const shown = fieldOf(row, field);
    if (shown === undefined || shown === REDACTED) continue;
    if (!sameValue(field, shown, value)) return null;
    count += 1;
  }
  return count;
}

const INTERFACE = '/interface';

function menusOf(menu: string, live: readonly ConfigurationMenu[], draft: BaselineDraft): string[] {
  if (menu !== INTERFACE) return [menu];
  const all = [...live, ...draft.menus].map((one) => one.menu);
  return [...new Set(all.filter((one) => INTERFACES.test(one)))];
}

/** Menus whose rows are interfaces, as far as rows are named alike there. */
const INTERFACES = /^\/interface\/[a-z0-9-]+$/;

function menuOf(
  menus: readonly ConfigurationMenu[],
  menu: string,
  kind: { isSingleton?: boolean } = {},
): ConfigurationMenu {
  const found = menus.find((one) => one.menu === menu);
  return found ?? { menu, isOrdered: false, isSingleton: kind.isSingleton ?? false, rows: [] };
}

function withoutNull(values: Wanted): RouterValues {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
}
