import type { StepState } from '../../shared/contract/device-messages.ts';
import { keyAfter, type RouterValues, type Step } from '../../shared/domain/change.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { holdsValues } from '../../shared/routeros/canonical.ts';
import type { Router, RouterRecord, RowKey } from '../../shared/routeros/router.ts';
import type { FoundRows } from '../../shared/routeros/protected-objects.ts';
import { isDynamic, narrowing, rowsNamed } from '../../shared/routeros/row-key.ts';
import { redactRecord } from '../../shared/routeros/secret-fields.ts';
import { assertNotMasked } from '../../shared/routeros/undo-script.ts';
import { statesInSequence, type RowStep } from './step-sequence.ts';
import { holdsWritten } from '../routeros/written-values.ts';

/** Looks at what a device holds of each step before it is written; what it throws keeps everything from being written. */
export interface StepGuard {
  /** Fields it wants to see of the rows of a menu. */
  fields: (menu: string) => readonly string[];
  /** Not given what was found: only what the step itself says is looked at. */
  check: (step: Step, found?: FoundRows) => void;
}

/** Reads the step's menu and says which of the step's two sides the device holds. */
export async function inspectStep(router: Router, step: Step, guard?: StepGuard): Promise<StepState> {
  const [state] = await inspectAll(router, [step], guard);
  return state!;
}

/** As `inspectStep`, for many steps: what several of them ask for is read once. */
export async function inspectAll(router: Router, steps: readonly Step[], guard?: StepGuard): Promise<StepState[]> {
  const records = new Map<string, RouterRecord>();
  const tables = new Map<string, RouterRecord[]>();
  const states: StepState[] = [];
  for (const step of steps) {
    const { menu } = step;
    if (step.op === 'set') {
      const record = records.get(menu) ?? (await router.get(menu));
      records.set(menu, record);
      guard?.check(step, { row: record, behind: [] });
      states.push(stateOfValues(menu, record, step.before, step.after));
      continue;
    }
    const table = tableOf(step);
    const fields = [...fieldsOf(steps, table), ...(guard?.fields(menu) ?? [])];
    const rows = tables.get(table) ?? (await router.list(menu, { fields: [...new Set(fields)], only: partOf(step) }));
    tables.set(table, rows);
    guard?.check(step, foundOf(rows, step));
    states.push(stateOfRow(rows, step));
  }
  return inSequence(steps, states, tables);
}

/** Steps that move rows of one menu are told from what those before them left, not each from the menu as it is. */
function inSequence(
  steps: readonly Step[],
  states: readonly StepState[],
  tables: ReadonlyMap<string, readonly RouterRecord[]>,
): StepState[] {
  const found = [...states];
  for (const [table, rows] of tables) {
    const indices = [...steps.keys()].filter((index) => isOfTable(steps[index]!, table));
    const sequence = statesInSequence(
      rows,
      indices.map((index) => steps[index] as RowStep),
      stateOfRow,
    );
    indices.forEach((index, place) => (found[index] = sequence?.[place] ?? found[index]!));
  }
  return found;
}

function isOfTable(step: Step, table: string): step is RowStep {
  return step.op !== 'set' && tableOf(step) === table;
}

function stateOfRow(rows: readonly RouterRecord[], step: RowStep): StepState {
  if (step.op === 'add') return presence(rows, step, { there: 'after', gone: 'before' });
  if (step.op === 'remove') return presence(rows, step, { there: 'before', gone: 'after' });
  return step.op === 'move' ? stateOfMove(rows, step) : stateOfChange(rows, step);
}

/** All rows that the step names, and in front of which others it puts one. */
function foundOf(rows: readonly RouterRecord[], step: RowStep): FoundRows {
  const named = rowsNamed(rows, step.key);
  const renamed = step.op === 'change' ? rowsNamed(rows, keyAfter(step)) : [];
  const next = step.op === 'add' ? step.placeBefore : step.op === 'move' ? step.after : null;
  const place = next === null ? -1 : rows.findIndex((row) => rowsNamed([row], next).length === 1);
  const behind = place === -1 ? [] : rows.slice(place).filter((row) => !named.includes(row));
  return { row: named[0] ?? renamed[0] ?? null, behind };
}

/**
 * Read-then-write: writes only when the device still holds `before`, and nothing of what the guard refuses. The
 * session asks `beforeWrite` and `mayWrite` of its scope before it leaves.
 */
export async function writeOnce(router: Router, step: Step, guard?: StepGuard): Promise<{ wrote: boolean }> {
  assertNotMasked(step);
  const state = await inspectStep(router, step, guard);
  if (state.is === 'after') return { wrote: false };
  if (state.is === 'foreign') {
    throw new AppError('PLAN_STALE', {
      message: `${step.menu} no longer holds what was captured; nothing was written.`,
      details: { found: state.found },
    });
  }
  await write(router, step);
  return { wrote: true };
}

async function write(router: Router, step: Step): Promise<void> {
  const { op, menu } = step;
  if (op === 'set') await router.set(menu, differing(step.before, step.after));
  if (op === 'add') await router.add(menu, step.values, { key: step.key, placeBefore: step.placeBefore });
  if (op === 'remove') await router.remove(menu, step.key);
  if (op === 'move') await router.move(menu, step.key, step.after);
  if (op === 'change') {
    const unset = Object.keys(step.after).filter((field) => step.after[field] === null && step.before[field] !== null);
    await router.change(menu, step.key, differing(step.before, step.after), unset);
  }
}

type Values = Readonly<Record<string, string | null>>;
type Op<Name extends Step['op']> = Extract<Step, { op: Name }>;

function stateOfValues(menu: string, record: RouterRecord, before: Values, after: Values): StepState {
  // `after` first: a step that changes nothing counts as done.
  if (holdsValues(record, after)) return { is: 'after' };
  if (holdsValues(record, before)) return { is: 'before' };
  return { is: 'foreign', found: found(menu, record, before) };
}

/** A row is there with its values, or there is none; one with other values is somebody else's. */
function presence(
  rows: readonly RouterRecord[],
  { menu, key, values }: Op<'add' | 'remove'>,
  sides: { there: 'before' | 'after'; gone: 'before' | 'after' },
): StepState {
  const [row, ...others] = rowsNamed(rows, key);
  if (others.length > 0) return several(others.length + 1);
  if (!row) return { is: sides.gone };
  return holdsWritten(menu, row, values, 'trusted')
    ? { is: sides.there }
    : { is: 'foreign', found: found(menu, row, values) };
}

function stateOfChange(rows: readonly RouterRecord[], step: Op<'change'>): StepState {
  const [row, ...others] = rowsNamed(rows, step.key);
  const [renamed, ...more] = rowsNamed(rows, keyAfter(step));
  if (others.length + more.length > 0) return several(Math.max(others.length, more.length) + 1);
  // Somebody else's row has the name this one was to get.
  if (row && renamed && row !== renamed) return { is: 'foreign', found: found(step.menu, renamed, step.before) };
  return stateOfValues(step.menu, renamed ?? row ?? {}, step.before, step.after);
}

/** By the row that follows: that is what moving sets. */
function stateOfMove(rows: readonly RouterRecord[], step: Op<'move'>): StepState {
  const configured = rows.filter((row) => !isDynamic(row));
  const [row, ...others] = rowsNamed(configured, step.key);
  if (others.length > 0) return several(others.length + 1);
  if (!row) return { is: 'foreign', found: { ...step.key, position: null } };
  const next = configured[configured.indexOf(row) + 1];
  const standsBefore = (key: RowKey | null): boolean =>
    key === null ? next === undefined : next !== undefined && rowsNamed([next], key).length === 1;
  if (standsBefore(step.after)) return { is: 'after' };
  return standsBefore(step.before) ? { is: 'before' } : { is: 'foreign', found: { position: 'elsewhere' } };
}

function several(entries: number): StepState {
  return { is: 'foreign', found: { entries: String(entries) } };
}

/** What people read of it, in errors too: a port that may write shows secrets. */
function found(menu: string, record: RouterRecord, fields: Values): Record<string, string | null> {
  const shown = redactRecord(menu, record);
  return Object.fromEntries(Object.keys(fields).map((field) => [field, shown[field] ?? null]));
}

/** The fields that change, without those that are taken back. */
function differing(before: Values, after: Values): RouterValues {
  return Object.fromEntries(
    Object.entries(after).filter(
      (entry): entry is [string, string] => entry[1] !== null && before[entry[0]] !== entry[1],
    ),
  );
}

/** Names the rows that are read for a step: those of its menu, or the part of it that the router can find. */
function tableOf(step: RowStep): string {
  return JSON.stringify([step.menu, partOf(step)]);
}

function partOf(step: RowStep): RouterValues {
  return narrowing(step.menu, step.key, step.op === 'change' ? Object.keys(step.after) : []);
}

function fieldsOf(steps: readonly Step[], table: string): string[] {
  const fields = steps.flatMap((step) => (step.op !== 'set' && tableOf(step) === table ? fieldsOfStep(step) : []));
  return [...new Set([...fields, 'dynamic', 'disabled'])];
}

function fieldsOfStep(step: RowStep): string[] {
  const more = step.op === 'add' || step.op === 'remove' ? step.values : { ...step.before, ...step.after };
  const place = step.op === 'add' ? Object.keys(step.placeBefore ?? {}) : [];
  return [...Object.keys(step.key), ...Object.keys(more), ...place];
}
