import type { AuditEvidence, Invariant, PlanEvidence, Violation } from '../evidence.ts';
import { attributeWrites, type Attributed } from './attribute-writes.ts';
import { sayEntry } from './say-entry.ts';

/** A router may carry out what it was sent a moment after it was given up. */
const SLACK_MS = 1_000;

/** Every write lies within one audited action of its plan on that device, and every such action has an outcome. */
export const writesAudited: Invariant = ({ devices, plans }) =>
  devices.flatMap((device) =>
    attributeWrites(device, plans)
      // What a guard takes back by itself is done by the router.
      .planned.filter(({ entry }) => entry.transport !== 'script')
      .filter((write) => !isWithinOne(actionsOf(write.plan, device.deviceId), write))
      .map(({ entry, plan }): Violation => {
        const actions = actionsOf(plan, device.deviceId).map((action) => JSON.stringify(action));
        const message = `${device.name}: ${sayEntry(entry)} is not in exactly one audited action:\n${actions.join('\n')}`;
        return { invariant: 'writes are audited', message, planId: plan.planId, deviceId: device.deviceId };
      }),
  );

/** What was begun has an outcome, and the outcome is what the plan's row says. */
export const outcomesAudited: Invariant = ({ plans }) =>
  plans.flatMap((plan) =>
    plan.devices.flatMap((row) => {
      const actions = actionsOf(plan, row.deviceId);
      const changes = actions.filter(({ action }) => action === 'device.change');
      const problems = [
        ...actions.filter(({ outcome }) => outcome === 'requested').map(() => 'an action has no outcome'),
        ...(row.status === 'applied' && !changes.some(({ outcome }) => outcome === 'ok') ? ['no change is ok'] : []),
        ...(row.status === 'rolled_back' && !actions.some(({ action }) => action === 'device.rollback')
          ? ['there is no rollback']
          : []),
      ];
      return problems.map((problem): Violation => {
        const message = `${row.name} is ${row.status} in ${plan.name}: ${problem} in ${JSON.stringify(actions)}`;
        return { invariant: 'outcomes are audited', message, planId: plan.planId, deviceId: row.deviceId };
      });
    }),
  );

function actionsOf({ audit }: PlanEvidence, deviceId: string): AuditEvidence[] {
  return audit.filter((one) => one.deviceId === deviceId && /^device\.(change|rollback)$/.test(one.action));
}

function isWithinOne(actions: readonly AuditEvidence[], write: Attributed): boolean {
  const exactly = actions.filter((action) => covers(action, write, 0));
  const about = exactly.length > 0 ? exactly : actions.filter((action) => covers(action, write, SLACK_MS));
  return about.length === 1;
}

/** What failed takes back what it wrote under its own record. */
function covers({ action, at, endedAt }: AuditEvidence, { entry, side }: Attributed, slackMs: number): boolean {
  const writtenMs = Date.parse(entry.time);
  const isOfSide = action === 'device.change' || side === 'undo';
  const endMs = endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(endedAt) + slackMs;
  return isOfSide && Date.parse(at) <= writtenMs && writtenMs <= endMs;
}
