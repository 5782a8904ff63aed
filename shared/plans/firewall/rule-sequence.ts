import { undoOf, keyAfter, type RouterValues, type Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { holdsValues } from '../../routeros/canonical.ts';
import { ambiguous, describeRow, keyOf, type Row, type Table } from './filter-table.ts';
import { applied, type Wanted } from './wanted-table.ts';

/** Up to this many placements every order of them is tried. */
const MOST_PERMUTED = 5;

/** Steps, and the table after each of them. */
export interface Sequence {
  steps: Step[];
  tables: Table[];
}

/**
 * Orders in which a table becomes the wanted one: rules are added, moved, changed and removed, and each step can be told
 * from the table before all of them and after all of them, as inspection does. Taken back newest first, the old table is
 * restored in its order. The most natural order comes first; fails when there is none.
 */
export function* sequencesTo(menu: string, table: Table, wanted: Wanted): Generator<Sequence> {
  const naming = namingOf(table, wanted);
  let found = 0;
  for (const order of ordersOf(wanted)) {
    const sequence = build(menu, table, wanted, { order, naming });
    if (!isSound(table, wanted, sequence)) continue;
    found += 1;
    yield sequence;
  }
  if (found > 0) return;
  throw new AppError('VALIDATION_ERROR', {
    message: 'These changes get in the way of each other, so that they could not be taken back step by step.',
    hint: 'Propose the moves in plans of their own, one after the other.',
  });
}

/** New rules first, as they follow each other, then moves; then anything else that may work. */
function ordersOf({ added, moved, final }: Wanted): Row[][] {
  const byPlace = (rows: readonly Row[]): Row[] => rows.toSorted((a, b) => placeOf(final, a) - placeOf(final, b));
  const [adds, moves] = [byPlace(added), byPlace(moved)];
  const all = byPlace([...added, ...moved]);
  const orders = [
    [...adds, ...moves.toReversed()],
    [...adds, ...moves],
    [...moves.toReversed(), ...adds],
    [...moves, ...adds],
    all,
    all.toReversed(),
  ];
  return all.length <= MOST_PERMUTED && moves.length > 0 ? [...orders, ...permutations(all)] : orders;
}

function build(
  menu: string,
  table: Table,
  { changed, removed, final }: Wanted,
  { order, naming }: { order: readonly Row[]; naming: (row: Row) => RouterValues },
): Sequence {
  const steps: Step[] = [];
  const tables: Table[] = [];
  let now = [...table];
  const done = (step: Step, next: Row[]): void => {
    steps.push(step);
    tables.push((now = next));
  };
  const waiting = new Set(order.map(({ id }) => id));
  for (const row of order) {
    const next = final.slice(placeOf(final, row) + 1).find(({ id }) => !waiting.has(id));
    const key = naming(row);
    const place = next ? naming(next) : null;
    const from = now.findIndex(({ id }) => id === row.id);
    const following = now[from + 1];
    const others = now.filter(({ id }) => id !== row.id);
    const at = next ? placeOf(others, next) : others.length;
    const after = others.toSpliced(at, 0, row);
    if (from === -1) done({ op: 'add', menu, key, values: row.values, placeBefore: place }, after);
    else done({ op: 'move', menu, key, before: following ? naming(following) : null, after: place }, after);
    waiting.delete(row.id);
  }
  for (const { row, after } of changed) {
    const before = Object.fromEntries(Object.keys(after).map((field) => [field, row.values[field] ?? null]));
    const next = now.map((one) => (one.id === row.id ? { id: row.id, values: applied(one.values, after) } : one));
    done({ op: 'change', menu, key: naming(row), before, after }, next);
  }
  // From here on they are called what the changes made of their names.
  const nameNow = (row: Row): RouterValues => {
    const after = changed.find((one) => one.row.id === row.id)?.after ?? {};
    return applied(naming(row), keep(after, naming(row)));
  };
  for (const row of table.filter((one) => removed.includes(one))) {
    const following = now[placeOf(now, row) + 1];
    const placeBefore = following ? nameNow(following) : null;
    const next = now.filter(({ id }) => id !== row.id);
    done({ op: 'remove', menu, key: naming(row), values: row.values, placeBefore }, next);
  }
  return { steps, tables };
}

/** Names each rule the same in all steps, and so that no version of another one has the name. */
function namingOf(table: Table, { added, changed, final }: Wanted): (row: Row) => RouterValues {
  const versions = [...table, ...added, ...final];
  const known = new Map<number, RouterValues>();
  const nameOf = (row: Row): RouterValues => {
    const after = changed.find((one) => one.row.id === row.id)?.after ?? {};
    const fields = Object.keys(after);
    const original = [...table, ...added].find(({ id }) => id === row.id) ?? row;
    const taken = fields.filter((field) => after[field] === null);
    // By what stays, if that is enough: then it is found before and after its own change.
    const key = [false, true]
      .flatMap((mayLack) => [fields, taken].map((avoid) => ({ avoid, mayLack })))
      .reduce<RouterValues | null>((found, options) => found ?? keyOf(original, versions, options), null);
    if (key !== null && isNameOf(applied(key, keep(after, key)), row.id, versions)) return key;
    throw alike(table, original);
  };
  return (row) => {
    const key = known.get(row.id) ?? nameOf(row);
    known.set(row.id, key);
    return key;
  };
}

function keep(after: Readonly<Record<string, string | null>>, key: RouterValues): Record<string, string | null> {
  return Object.fromEntries(Object.entries(after).filter(([field, value]) => field in key && value !== null));
}

function isNameOf(key: RouterValues, id: number, versions: readonly Row[]): boolean {
  return !versions.some((one) => one.id !== id && holdsValues(one.values, key));
}

function alike(table: Table, row: Row): AppError {
  const same = table.filter(({ values }) => holdsValues(values, row.values) || holdsValues(row.values, values));
  if (same.length > 1) return ambiguous(table, same, 'nothing that tells them apart, and the change needs one of them');
  return new AppError('DEVICE_ENTRY_AMBIGUOUS', {
    message: `${describeRow(table, row)} cannot be told from other filter rules, and the change needs it.`,
    hint: 'Give the rules comments of their own on the device, and propose the change again.',
  });
}

/** Whether the steps lead where they shall, back to where it was, and can be inspected before the first and after the last. */
function isSound(table: Table, { final }: Wanted, { steps, tables }: Sequence): boolean {
  const end = tables.at(-1) ?? table;
  if (!isSameOrder(end, final)) return false;
  const isSeen = steps.every((step, index) => {
    const before = index === 0 ? table : tables[index - 1]!;
    return stands(before, step, 'before') && stands(table, step, 'before') && stands(end, step, 'after');
  });
  return (
    isSeen &&
    steps.every((step, index) => stands(tables[index]!, undoOf(step), 'before')) &&
    steps.every((step, index) => hasPlace(index === 0 ? table : tables[index - 1]!, step)) &&
    steps.every((step, index) => hasPlace(tables[index]!, undoOf(step)))
  );
}

/** Whether the rule in front of which a step puts one can be found. */
function hasPlace(table: Table, step: Step): boolean {
  const place = step.op === 'add' ? step.placeBefore : step.op === 'move' ? step.after : null;
  return place === null || table.filter(({ values }) => holdsValues(values, place)).length === 1;
}

function isSameOrder(one: Table, other: Table): boolean {
  return one.length === other.length && one.every(({ id }, index) => id === other[index]?.id);
}

/** What inspecting the device will say of a step. */
function stands(table: Table, step: Step, side: 'before' | 'after'): boolean {
  if (step.op === 'set') return false;
  const named = (key: RouterValues): Row[] => table.filter(({ values }) => holdsValues(values, key));
  if (step.op === 'add') return named(step.key).length === (side === 'before' ? 0 : 1);
  if (step.op === 'remove') return named(step.key).length === (side === 'before' ? 1 : 0);
  if (step.op === 'change') return named(side === 'before' ? step.key : keyAfter(step)).length === 1;
  const [row, ...others] = named(step.key);
  if (!row || others.length > 0) return false;
  const next = table[table.indexOf(row) + 1];
  const neighbour = step[side];
  return neighbour === null ? next === undefined : next !== undefined && holdsValues(next.values, neighbour);
}

function placeOf(table: Table, row: Row): number {
  return table.findIndex(({ id }) => id === row.id);
}

function permutations(rows: readonly Row[]): Row[][] {
  if (rows.length < 2) return [[...rows]];
  return rows.flatMap((row, index) => permutations(rows.toSpliced(index, 1)).map((rest) => [row, ...rest]));
}
