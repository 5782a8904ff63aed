import { z } from 'zod';
import { planIdOfCall } from '../../shared/contract/plan-id-of-call.ts';
import { driftStateOf, type Drift } from '../../shared/domain/drift.ts';
import { RolloutOptions } from '../../shared/domain/plan.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { untrusted } from '../../shared/operations/output-fields.ts';
import { restore } from '../../shared/plans/drift/restore.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Comment, DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';
import { ofDevice } from './acknowledge-drift.ts';
import { DriftIdField } from './drift-shape.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** Objects that one plan is made for at most. */
const MOST_OBJECTS = 200;

const LeftObject = z.object({
  driftId: z.string(),
  menu: z.string(),
  object: untrusted(500, { keepsLinks: true }),
  reason: untrusted(500),
});

/**
 * Proposes the plan that puts drifted objects back. It calls the tool of the plan's kind as that person would, so everything
 * that holds for a proposal holds here, and people decide on it.
 */
export function remediateDriftAction({ drift, baselines }: Pick<Database, 'drift' | 'baselines'>): Action {
  return defineAction({
    name: 'remediate_drift',
    title: 'Propose the way back to the baseline',
    description:
      'Proposes a plan that makes drifted objects of a router as its baseline says: all that are open, or those you name. ' +
      'Nothing is written; people approve it as any other plan, then call wait_for_plan. Names each object that no kind of ' +
      'plan can put back. Call check_drift first, so that it is about what differs now.',
    toolset: 'plans',
    isCore: false,
    rate: 'plan',
    phase: 3,
    roles: TIERS.professional.roles,
    scopes: [TIERS.professional.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: false, idempotent: false },
    audited: true,
    input: z.strictObject({
      deviceId: DeviceRef,
      environment: ExpectedEnvironment,
      driftIds: z.array(DriftIdField).min(1).max(MOST_OBJECTS).optional().describe('Only these. Default: all open'),
      rollout: RolloutOptions.prefault({}).describe('How to carry it out; every field has a default'),
      comment: Comment,
    }),
    output: z.object({
      deviceId: z.string(),
      deviceName: z.string(),
      planId: z.string().nullable().describe('Null: no kind of plan can put any of the objects back'),
      planKind: z.string().nullable(),
      restored: z.array(z.string()).describe('Ids of the drift that the plan is about'),
      left: z.array(LeftObject).describe('Objects that the plan is not about, and why'),
    }),
    target: { on: 'device', flags: [TIERS.professional.flag] },
    async dispatch({ input: { driftIds, rollout, comment }, target: { device }, again }) {
      const { deviceId, name: deviceName } = device;
      const wanted = driftIds === undefined ? await openOf(drift, deviceId) : await ofDevice(drift, deviceId, driftIds);
      if (wanted.length === 0) {
        throw new AppError('PLAN_EMPTY', {
          message: `${deviceName} has no open drift.`,
          hint: 'Call check_drift to look at it now.',
        });
      }
      const { menus } = await baselines.content(deviceId);
      const { plan, restored, left } = restore(wanted, menus);
      const byId = new Map(wanted.map((one) => [one.driftId, one]));
      const named = left.map(({ driftId, reason }) => {
        const { menu = '', objectKey = '' } = byId.get(driftId) ?? {};
        return { driftId, menu, object: objectKey, reason };
      });
      const shared = { deviceId, deviceName, restored, left: named };
      if (plan === null) return { output: { ...shared, planId: null, planKind: null } };
      const { output, handle } = await again(`plan_${plan.kind}`, {
        ...plan.input,
        deviceIds: [deviceId],
        environment: device.environment,
        rollout,
        comment: comment === '' ? 'back to the baseline' : comment,
      });
      const planId = handle === undefined ? String(output['planId']) : planIdOfCall(handle.callId);
      return { output: { ...shared, planId, planKind: plan.kind } };
    },
    summarize: ({ deviceName, planId, restored, left }) =>
      planId === null
        ? `No kind of plan can put any of the ${left.length} objects of ${deviceName} back; see left.`
        : `Plan ${planId} puts ${restored.length} objects of ${deviceName} back once people approve it; ${left.length} are left to be put back by hand.`,
  });
}

async function openOf(drift: Database['drift'], deviceId: string): Promise<Drift[]> {
  const nowMs = currentMs();
  const known = await drift.known(deviceId);
  return known.filter((one) => driftStateOf(one, nowMs) === 'open').slice(0, MOST_OBJECTS);
}
