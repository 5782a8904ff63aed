import type { PlanDeviceStatus } from '../../../shared/domain/plan.ts';
import type { Step } from '../../../shared/domain/change.ts';
import { holdsValues } from '../../../shared/routeros/canonical.ts';
import type { DeviceEvidence, Invariant, PlanDeviceEvidence, PlanEvidence, Violation } from '../evidence.ts';
import type { Row } from '../play/routers.ts';
import { attributeWrites, type Side } from './attribute-writes.ts';
import { isAbout } from './written-once.ts';

/** Where a plan stands on a device, by the journal alone. */
type Standing = 'before' | 'after' | 'between';

/** Statuses that say that a device may hold part of a plan, or nobody knows. */
const OWNED_UP: ReadonlySet<PlanDeviceStatus> = new Set(['unknown', 'rollback_failed']);
/** What each other status says of the device. */
const SAYS: Readonly<Partial<Record<PlanDeviceStatus, Standing>>> = {
  pending: 'before',
  skipped: 'before',
  failed: 'before',
  rolled_back: 'before',
  applied: 'after',
  unhealthy: 'after',
};

/** A device is wholly before or wholly after each plan, as its row says, unless the row owns up to something else. */
export const wholeAsTold: Invariant = ({ devices, plans }) =>
  plans.flatMap((plan) =>
    plan.devices.flatMap((row): Violation[] => {
      const device = devices.find(({ deviceId }) => deviceId === row.deviceId);
      if (!device) return [];
      const standing = standingOf(device, plan, row, plans);
      if (OWNED_UP.has(row.status)) return [];
      if (SAYS[row.status] === standing) return [];
      const code = row.error ? ` (${row.error.code}: ${row.error.message})` : '';
      const message = `${row.name} is ${row.status}${code} in ${plan.name}, and its journal says ${standing}`;
      return [{ invariant: 'wholly before or wholly after', message, planId: plan.planId, deviceId: row.deviceId }];
    }),
  );

/** What the plan wrote last is still there, unless somebody else wrote to it since. */
export const heldAsWritten: Invariant = ({ devices, plans }) =>
  devices.flatMap((device) => {
    const { planned, byHand, strange } = attributeWrites(device, plans);
    return planned.flatMap(({ entry, plan, step: index, side }): Violation[] => {
      const step = stepsOn(plan, device)[index];
      if (!step || step.op === 'move') return [];
      const later = [...planned.map((one) => one.entry), ...byHand, ...strange].filter(({ seq }) => seq > entry.seq);
      if (later.some((one) => isAbout(one, step))) return [];
      if (isOnSide(device.final[step.menu] ?? [], step, side)) return [];
      const message = `${device.name} does not hold what ${plan.name} wrote: step ${index}, ${side}, ${JSON.stringify(step)}`;
      return [{ invariant: 'held as written', message, planId: plan.planId, deviceId: device.deviceId }];
    });
  });

function standingOf(
  device: DeviceEvidence,
  plan: PlanEvidence,
  row: PlanDeviceEvidence,
  plans: readonly PlanEvidence[],
): Standing {
  const { planned, byHand } = attributeWrites(device, plans);
  const last = new Map<number, Map<string, Side>>();
  for (const write of planned) {
    if (write.plan.planId !== plan.planId) continue;
    const fields = last.get(write.step) ?? new Map<string, Side>();
    for (const field of write.fields) fields.set(field, write.side);
    last.set(write.step, fields);
  }
  const sides = row.steps.map((step, index): Standing | 'either' => {
    const found = new Set(last.get(index)?.values());
    if (found.size > 1) return 'between';
    if (found.has('apply')) return 'after';
    if (found.has('undo')) return 'before';
    // Never written: somebody else may have brought it to where the plan wants it.
    const others = [...byHand, ...planned.filter((write) => write.plan !== plan).map(({ entry }) => entry)];
    return others.some((entry) => isAbout(entry, step)) ? 'either' : 'before';
  });
  const known = new Set(sides.filter((side) => side !== 'either'));
  if (known.size > 1) return 'between';
  const [only = 'before'] = known;
  return only;
}

function stepsOn(plan: PlanEvidence, { deviceId }: DeviceEvidence): readonly Step[] {
  return plan.devices.find((row) => row.deviceId === deviceId)?.steps ?? [];
}

function isOnSide(rows: readonly Row[], step: Exclude<Step, { op: 'move' }>, side: Side): boolean {
  if (step.op === 'set') return holdsValues(rows[0] ?? {}, side === 'apply' ? step.after : step.before);
  if (step.op === 'change') {
    const values = side === 'apply' ? step.after : step.before;
    const key = Object.fromEntries(
      Object.entries(step.key).map(([field, value]) => [field, (side === 'apply' ? step.after[field] : null) ?? value]),
    );
    return rows.some((row) => holdsValues(row, key) && holdsValues(row, values));
  }
  const isThere = rows.some((row) => row['dynamic'] !== 'true' && holdsValues(row, { ...step.values, ...step.key }));
  return isThere === ((step.op === 'add') === (side === 'apply'));
}
