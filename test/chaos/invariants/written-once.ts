import { keyAfter, type Step } from '../../../shared/domain/change.ts';
import { holdsValues } from '../../../shared/routeros/canonical.ts';
import type { JournalEntry } from '../../../simulator/router/journal.ts';
import type { DeviceEvidence, Invariant, Violation } from '../evidence.ts';
import { attributeWrites, type Side } from './attribute-writes.ts';
import { sayEntry } from './say-entry.ts';

/** Between the look at a row and the write to it is a moment that no router closes: an edit by hand in it is lost. */
const LOOK_TO_WRITE_MS = 1_500;

/** Every write is a step of a plan, from exactly what was captured; so nothing of anybody else's is written over. */
export const onlyWhatWasPlanned: Invariant = ({ devices, plans }) =>
  devices.flatMap((device) => {
    const { strange, byHand } = attributeWrites(device, plans);
    return strange
      .filter((entry) => !byHand.some((edit) => isRace(edit, entry)))
      .map((entry) => violation('only what was planned', device, `no plan wanted ${sayEntry(entry)}`));
  });

function isRace(edit: JournalEntry, write: JournalEntry): boolean {
  const apartMs = Date.parse(write.time) - Date.parse(edit.time);
  return edit.path === write.path && edit.seq < write.seq && apartMs <= LOOK_TO_WRITE_MS;
}

/** A step is written again only after it was taken back, and taken back only after it was written. */
export const writtenOnce: Invariant = ({ devices, plans }) =>
  devices.flatMap((device) => {
    const last = new Map<string, Side>();
    const { planned, byHand } = attributeWrites(device, plans);
    const violations: Violation[] = [];
    let edits = [...byHand];
    for (const { entry, plan, step, side, fields } of planned) {
      const passed = edits.filter(({ seq }) => seq < entry.seq);
      edits = edits.filter(({ seq }) => seq >= entry.seq);
      for (const edit of passed) forget(last, edit, device, plans);
      for (const field of fields) {
        const key = `${plan.planId}/${step}/${field}`;
        const before = last.get(key);
        last.set(key, side);
        if (side === (before ?? 'undo') && !(before === undefined && isForgotten(last, key))) {
          const what = side === 'apply' ? 'written twice' : 'taken back without having been written';
          const message = `step ${step} of ${plan.name} was ${what}: ${sayEntry(entry)}`;
          violations.push({ ...violation('no change is written twice', device, message), planId: plan.planId });
        }
        last.delete(`${key}?`);
      }
    }
    return violations;
  });

/** Somebody changed the object by hand: from here on either side may be written to it. */
function forget(
  last: Map<string, Side>,
  edit: JournalEntry,
  device: DeviceEvidence,
  plans: readonly { planId: string; devices: readonly { deviceId: string; steps: readonly Step[] }[] }[],
): void {
  for (const { planId, devices } of plans) {
    const steps = devices.find(({ deviceId }) => deviceId === device.deviceId)?.steps ?? [];
    for (const [index, step] of steps.entries()) {
      if (!isAbout(edit, step)) continue;
      for (const field of [
        '*',
        ...('after' in step && step.after && step.op !== 'move' ? Object.keys(step.after) : []),
      ]) {
        last.delete(`${planId}/${index}/${field}`);
        last.set(`${planId}/${index}/${field}?`, 'undo');
      }
    }
  }
}

function isForgotten(last: ReadonlyMap<string, Side>, key: string): boolean {
  return last.has(`${key}?`);
}

/** Whether the edit was to what the step is about. */
export function isAbout(edit: JournalEntry, step: Step): boolean {
  if (edit.path !== step.menu) return false;
  if (step.op === 'set') return true;
  const keys = step.op === 'change' ? [step.key, keyAfter(step)] : [step.key];
  const rows = [edit.before, edit.after].filter((row) => row !== null);
  return rows.some((row) => keys.some((key) => holdsValues(row, key)));
}

function violation(invariant: string, { deviceId, name }: DeviceEvidence, message: string): Violation {
  return { invariant, deviceId, message: `${name}: ${message}` };
}
