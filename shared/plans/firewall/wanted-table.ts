import type { RouterValues } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { sameValue } from '../../routeros/canonical.ts';
import { describeRow, differing, findRow, hasFingerprint, requireRow, type Row, type Table } from './filter-table.ts';
import { unfit, type FirewallInput, type Place, type RuleChangeOf, type RuleRef } from './rule-changes.ts';
import { taggedComment } from './rule-tag.ts';
import { changesFor, KNOWN_MATCHERS, matchersOf, routerField, SWITCHES, valuesOf } from './rule-values.ts';
import type { Family } from './rule-fields.ts';

/** What becomes of a table, as sets of its rules and as the order in which they shall stand. */
export interface Wanted {
  added: readonly Row[];
  moved: readonly Row[];
  changed: readonly { row: Row; after: Readonly<Record<string, string | null>> }[];
  removed: readonly Row[];
  /** All rules that stay, with their new values, in the wanted order. */
  final: Table;
}

interface Placement {
  row: Row;
  chain: string;
  place: Place;
}

/** Works out what a list of changes makes of a table. Fails when a rule cannot be told, is not there, or is not as it must be. */
export function wantedTable(table: Table, { family, changes }: FirewallInput): Wanted {
  const added: Row[] = [];
  const changed: { row: Row; after: Record<string, string | null> }[] = [];
  const removed: Row[] = [];
  const placements: Placement[] = [];
  const taken = new Set<number>();
  const claim = (row: Row): void => {
    if (taken.has(row.id)) throw meantTwice(table, row);
    taken.add(row.id);
  };
  for (const change of changes) {
    if (change.op === 'add') {
      const row = presentRow(table, change) ?? { id: table.length + added.length, values: newValues(change) };
      if (row.id >= table.length) added.push(row);
      claim(row);
      placements.push({ row, chain: change.chain, place: change.place });
    } else if (change.op === 'remove') {
      const row = findRow(table, change.chain, change.rule);
      if (row === null) continue;
      claim(row);
      assertCanReturn(table, row);
      removed.push(row);
    } else if (change.op === 'move') {
      const row = requireRow(table, change.chain, change.rule);
      claim(row);
      placements.push({ row, chain: change.chain, place: change.place });
    } else {
      const { row, after } = modification(table, change, family);
      claim(row);
      if (Object.keys(after).length > 0) changed.push({ row, after });
    }
  }
  const staying = table.filter((row) => !removed.includes(row));
  const { order, moved } = placed(staying, added, placements);
  const final = order.map((row) => {
    const change = changed.find((one) => one.row.id === row.id);
    return change ? { id: row.id, values: applied(row.values, change.after) } : row;
  });
  return { added, moved, changed, removed, final };
}

/** The rules in their order, with the new ones where they belong and the others moved where their place is another one. */
function placed(staying: Table, added: Table, placements: readonly Placement[]): { order: Row[]; moved: Row[] } {
  const order = [...staying];
  const all = [...staying, ...added];
  const moved = new Set<Row>();
  const put = (placement: Placement): void => {
    const { row, chain, place } = placement;
    if (order.includes(row)) {
      if (isInPlace(order, all, placement)) return;
      order.splice(order.indexOf(row), 1);
      moved.add(row);
    }
    order.splice(positionOf(order, all, chain, place), 0, row);
  };
  for (const placement of placements) if (added.includes(placement.row)) put(placement);
  for (const placement of placements) if (!added.includes(placement.row)) put(placement);
  const broken = placements.find((placement) => !isInPlace(order, all, placement));
  if (broken) {
    throw new AppError('VALIDATION_ERROR', {
      message: `The places that are asked for contradict each other: ${describeRow(staying, broken.row)} cannot have its place once the others have theirs.`,
      hint: 'Place each rule by one whose place is not changed, or propose two plans.',
    });
  }
  return { order, moved: [...moved] };
}

function positionOf(order: Table, all: Table, chain: string, place: Place): number {
  if (place === 'bottom') return order.length;
  if (place === 'top') {
    const first = order.findIndex(({ values }) => values['chain'] === chain);
    return first === -1 ? order.length : first;
  }
  const anchor = order.indexOf(anchorOf(all, chain, place));
  if (anchor === -1) {
    throw new AppError('VALIDATION_ERROR', { message: 'A rule is placed by one that is added later in the list.' });
  }
  return 'before' in place ? anchor : anchor + 1;
}

function isInPlace(order: Table, all: Table, { row, chain, place }: Placement): boolean {
  const at = order.indexOf(row);
  const ofChain = order.filter(({ values }) => values['chain'] === chain);
  if (place === 'top') return ofChain[0] === row;
  if (place === 'bottom') return ofChain.at(-1) === row;
  const anchor = order.indexOf(anchorOf(all, chain, place));
  return 'before' in place ? at < anchor : at > anchor;
}

function anchorOf(all: Table, chain: string, place: Exclude<Place, string>): Row {
  const ref: RuleRef = 'before' in place ? place.before : place.after;
  return requireRow(all, chain, ref);
}

/** The rule to add, when it is there already; one with the tag that is another rule is a CONFLICT. */
function presentRow(table: Table, change: RuleChangeOf<'add'>): Row | null {
  const row = findRow(table, change.chain, { ruleId: change.ruleId });
  if (row === null) return null;
  const wanted = newValues(change);
  const isSame =
    hasFingerprint(row.values, matchedBy(wanted)) &&
    Object.entries(wanted).every(([field, value]) => sameValue(field, row.values[field], value)) &&
    SWITCHES.every((field) => sameValue(field, row.values[field], wanted[field] ?? 'false'));
  if (isSame) return row;
  throw new AppError('CONFLICT', {
    message: `A rule with the tag "convoy:${change.ruleId}" is there already, and is another one: ${describeRow(table, row)}.`,
    hint: 'Modify that rule, or give the new one another ruleId.',
  });
}

function matchedBy(values: RouterValues): RouterValues {
  return Object.fromEntries(
    ['action', ...matchersOf(values)].flatMap((field) => (values[field] ? [[field, values[field]]] : [])),
  );
}

function newValues({ chain, ruleId, rule }: RuleChangeOf<'add'>): RouterValues {
  return { chain, ...valuesOf(rule), comment: taggedComment(ruleId, rule.comment) };
}

/** The rule, and its fields that change; none when it is so already. */
function modification(
  table: Table,
  change: RuleChangeOf<'modify'>,
  family: Family,
): { row: Row; after: Record<string, string | null> } {
  const found = findRow(table, change.chain, change.rule) ?? alreadyModified(table, change, family);
  const row = found ?? requireRow(table, change.chain, change.rule);
  const unknown = matchersOf(row.values).filter((field) => !KNOWN_MATCHERS.includes(field));
  if (unknown.length > 0) {
    throw new AppError('UNSAFE_OPERATION', {
      message: `${describeRow(table, row)} matches by ${unknown.join(', ')}, which cannot be reviewed here, so it is not modified.`,
      hint: 'Move or remove it, and add the wanted rule beside it.',
    });
  }
  const wanted = changesFor(row.values, change.set, family);
  const after = Object.fromEntries(differing(row.values, wanted).map((field) => [field, wanted[field] ?? null]));
  const isFasttrack = [row.values['action'], after['action']].includes('fasttrack-connection');
  const problem =
    after['action'] !== undefined && isFasttrack
      ? 'a rule becomes no fasttrack rule and stays none; remove it and add another one'
      : unfit(asGiven(applied(row.values, after)));
  if (problem === null) return { row, after };
  throw new AppError('VALIDATION_ERROR', {
    message: `With these changes ${describeRow(table, row)} does not fit: ${problem}.`,
  });
}

/** Found by what it shall be: a rule named by what it matches has another fingerprint once that is changed. */
function alreadyModified(table: Table, change: RuleChangeOf<'modify'>, family: Family): Row | null {
  if (!('match' in change.rule)) return null;
  const { match } = change.rule;
  const merged: Record<string, unknown> = { ...match };
  for (const [field, value] of Object.entries(change.set)) {
    if (field in match || field === 'action' || KNOWN_MATCHERS.includes(routerField(field)))
      merged[field] = value ?? undefined;
  }
  const row = findRow(table, change.chain, { match: merged as typeof match });
  return row !== null && differing(row.values, changesFor(row.values, change.set, family)).length === 0 ? row : null;
}

export function applied(values: RouterValues, after: Readonly<Record<string, string | null>>): RouterValues {
  const all = Object.entries({ ...values, ...after });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** `dst-port` as the input calls it, `dstPort`. */
function asGiven(values: RouterValues): { chain: string; action?: string } & Record<string, string> {
  const entries = Object.entries(values).map(([field, value]) => [
    field.replaceAll(/-[a-z]/g, (part) => part.slice(1).toUpperCase()),
    value,
  ]);
  return { chain: values['chain'] ?? '', ...(Object.fromEntries(entries) as Record<string, string>) };
}

/** A rule that names what is gone could be removed, and never be added again. */
function assertCanReturn(table: Table, row: Row): void {
  const dangling = Object.entries(row.values).find(([, value]) => /^!?\*[0-9A-F]+$/.test(value));
  if (!dangling) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `${describeRow(table, row)} names by ${dangling[0]} something that is no longer there, so its removal could not be taken back.`,
    hint: 'Remove it at the router.',
  });
}

function meantTwice(table: Table, row: Row): AppError {
  return new AppError('VALIDATION_ERROR', {
    message: `Two of the changes are about the same rule: ${describeRow(table, row)}.`,
    hint: 'Give each rule one change.',
  });
}
