import { keyAfter, type Step } from '../../../shared/domain/change.ts';
import { holdsValues, sameValue } from '../../../shared/routeros/canonical.ts';
import type { JournalEntry } from '../../../simulator/router/journal.ts';
import type { DeviceEvidence, PlanEvidence } from '../evidence.ts';
import type { Row } from '../play/routers.ts';

export type Side = 'apply' | 'undo';

/** One write of a journal, and what part of which plan it was. */
export interface Attributed {
  entry: JournalEntry;
  plan: PlanEvidence;
  step: number;
  side: Side;
  /** Fields that it brought from one side of the step to the other; `*` is the row itself, or its place. */
  fields: string[];
}

export interface WritesOfDevice {
  /** In the order of the journal. */
  planned: Attributed[];
  /** Writes over Convoy's ways that are no step of any plan, from exactly one of its sides to the other. */
  strange: JournalEntry[];
  byHand: JournalEntry[];
}

/** Where guards have their entries; those come and go with every guarded change. */
const GUARD_MENUS = ['/system/scheduler', '/system/script', '/log'];

/** Says of each write of a device which step of which plan it was. Pure. */
export function attributeWrites(device: DeviceEvidence, plans: readonly PlanEvidence[]): WritesOfDevice {
  const rows = new RowsInTime(device);
  const last = new Map<string, Side>();
  const found: WritesOfDevice = { planned: [], strange: [], byHand: [] };
  for (const entry of device.journal) {
    const row = rows.before(entry);
    rows.apply(entry);
    if (entry.transport === 'winbox') {
      found.byHand.push(entry);
      continue;
    }
    if (GUARD_MENUS.includes(entry.path)) continue;
    const candidates = plansOf(device, plans).flatMap(({ plan, steps }) =>
      steps.flatMap((step, index) => explain(entry, row, step, plan, index, last)),
    );
    const [planned] = candidates;
    if (planned) {
      found.planned.push(planned);
      last.set(`${planned.plan.planId}/${planned.step}`, planned.side);
    } else found.strange.push(entry);
  }
  return found;
}

/** Those that could have written first; where two plans want the same, the one that was voted for wrote. */
function plansOf(device: DeviceEvidence, plans: readonly PlanEvidence[]) {
  return plans
    .toSorted((one, other) => other.votes.length - one.votes.length)
    .map((plan) => ({ plan, steps: plan.devices.find(({ deviceId }) => deviceId === device.deviceId)?.steps ?? [] }));
}

function explain(
  entry: JournalEntry,
  row: Row,
  step: Step,
  plan: PlanEvidence,
  index: number,
  last: ReadonlyMap<string, Side>,
): Attributed[] {
  if (entry.path !== step.menu) return [];
  const sided = (side: Side, fields: string[]): Attributed[] => [{ entry, plan, step: index, side, fields }];
  if (step.op === 'add' || step.op === 'remove') {
    const side = sideOfRow(entry, step);
    return side === null ? [] : sided(side, ['*']);
  }
  if (step.op === 'move') {
    if (entry.command !== 'move' || !holdsValues(row, step.key)) return [];
    const isDone = last.get(`${plan.planId}/${index}`) === 'apply';
    return sided(entry.transport === 'script' || isDone ? 'undo' : 'apply', ['*']);
  }
  if (step.op === 'change' && !holdsValues(row, step.key) && !holdsValues(row, keyAfter(step))) return [];
  const changed = changedFields(entry);
  if (changed.length === 0 || changed.some((field) => !(field in step.after))) return [];
  const goes = (from: Values, to: Values): boolean =>
    changed.every((field) => holds(entry.before, field, from) && holds(entry.after, field, to));
  if (goes(step.before, step.after)) return sided('apply', changed);
  return goes(step.after, step.before) ? sided('undo', changed) : [];
}

type Values = Readonly<Record<string, string | null>>;

function holds(row: Row | null, field: string, values: Values): boolean {
  return sameValue(field, row?.[field], values[field] ?? undefined);
}

function sideOfRow(entry: JournalEntry, step: Extract<Step, { op: 'add' | 'remove' }>): Side | null {
  const isAdded = entry.command === 'add' || (entry.before === null && entry.after !== null);
  const isRemoved = entry.command === 'remove' || (entry.after === null && entry.before !== null);
  const row = isAdded ? entry.after : isRemoved ? entry.before : null;
  if (row === null || !holdsValues(row, { ...step.values, ...step.key })) return null;
  return isAdded === (step.op === 'add') ? 'apply' : 'undo';
}

/** Fields that a write changed. */
export function changedFields({ before, after }: JournalEntry): string[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields].filter((field) => !sameValue(field, before?.[field], after?.[field]));
}

/** The rows of a device as they were at each moment of its journal. */
class RowsInTime {
  readonly #rows = new Map<string, Row>();

  constructor({ initial }: DeviceEvidence) {
    for (const [menu, rows] of Object.entries(initial)) {
      for (const row of rows) this.#rows.set(`${menu} ${row['.id'] ?? ''}`, row);
    }
  }

  before({ path, id }: JournalEntry): Row {
    return this.#rows.get(`${path} ${id ?? ''}`) ?? {};
  }

  apply({ path, id, command, after }: JournalEntry): void {
    if (command === 'move') return;
    const key = `${path} ${id ?? ''}`;
    if (after === null) this.#rows.delete(key);
    else this.#rows.set(key, after);
  }
}
