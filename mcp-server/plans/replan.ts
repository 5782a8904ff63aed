import { z } from 'zod';
import { planIdOfCall } from '../../shared/contract/plan-id-of-call.ts';
import type { Device } from '../../shared/domain/device.ts';
import { listed } from '../../shared/domain/name-list.ts';
import { PlanStatus, SETTLED_PLAN_STATUSES } from '../../shared/domain/plan.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { PlanStore, StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { defineAction, type Action, type CallAgain } from '../call/action.ts';
import { Comment, ExpectedEnvironment } from '../call/input-fields.ts';
import { briefPlan } from './brief-plan.ts';
import { PlanIdField, PlanShape } from './plan-shape.ts';
import type { PlanViews } from './plan-view.ts';
import { sayPlan } from './say-plan.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface ReplanDeps {
  plans: Pick<PlanStore, 'get'>;
  devices: Pick<DeviceStore, 'getMany'>;
  views: PlanViews;
}

/** A plan that is neither being prepared nor under way. */
const FROM: readonly PlanStatus[] = ['awaiting_approval', ...SETTLED_PLAN_STATUSES];

const Replanned = PlanShape.extend({
  leftOut: z.array(z.string()).describe('Devices of the old plan that are out of service by now'),
  replacedStatus: PlanStatus.describe('What the old plan is in now'),
});

/**
 * Makes a plan anew: the same wish for the same devices, read again, with whoever asks as its requester. It calls the tool of
 * the plan's kind as that person would, so everything that holds for a proposal holds here, and people decide again.
 */
export function replanAction({ plans, devices, views }: ReplanDeps): Action {
  return defineAction({
    name: 'replan',
    title: 'Make a plan anew',
    description:
      'Proposes the wish of a finished, expired, cancelled or rejected plan once more, for the same devices as they are now, ' +
      'with you as its requester. A plan that still waits for approval is withdrawn. People approve the new one; then call ' +
      'wait_for_plan.',
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
      planId: PlanIdField,
      environment: ExpectedEnvironment,
      comment: Comment.describe('Why it is made anew. Default: the comment of the old plan'),
    }),
    output: Replanned,
    brief: (plan) => ({ ...plan, ...briefPlan(plan) }),
    target: { on: 'plan' },
    async dispatch({ input: { comment }, target: { plan: old }, again }) {
      if (!FROM.includes(old.status)) throw underWay(old);
      const { inService, leftOut } = await targetsOf(devices, old);
      const planId = await propose(again, old, {
        deviceIds: inService.map(({ deviceId }) => deviceId),
        comment: comment === '' ? old.comment : comment,
      });
      if (old.status === 'awaiting_approval') await withdraw(again, old.planId, planId);
      const [made, now] = await Promise.all([plans.get(planId), plans.get(old.planId)]);
      if (made === null || now === null) throw new AppError('PLAN_NOT_FOUND', { details: { planId } });
      const names = leftOut.map(({ name }) => name);
      return { output: { ...views.whole(made), leftOut: names, replacedStatus: now.status } };
    },
    summarize: ({ leftOut, ...plan }) => {
      const rest = leftOut.length === 0 ? '' : ` Left out, because out of service: ${listed(leftOut)}.`;
      return `${sayPlan(plan)}${rest}`;
    },
  });
}

function underWay({ planId, status }: StoredPlan): AppError {
  return new AppError('PLAN_STATE_CONFLICT', {
    message: `replan needs a plan that waits for approval or is finished; this one is ${status}.`,
    hint: status === 'approved' ? 'Cancel it first.' : 'Wait for it to end, or abort it first.',
    details: { planId, status, allowed: FROM },
  });
}

/** Those of the old plan that may be changed still, in its order. */
async function targetsOf(
  devices: ReplanDeps['devices'],
  { planId, devices: targets }: StoredPlan,
): Promise<{ inService: Device[]; leftOut: { name: string }[] }> {
  const known = await devices.getMany(targets.map(({ deviceId }) => deviceId));
  const byId = new Map(known.map((device) => [device.deviceId, device]));
  const isInService = (device: Device | undefined): device is Device =>
    device !== undefined && device.status !== 'decommissioned';
  const inService = targets.map(({ deviceId }) => byId.get(deviceId)).filter(isInService);
  const leftOut = targets.filter(({ deviceId }) => !isInService(byId.get(deviceId)));
  if (inService.length > 0) return { inService, leftOut };
  throw new AppError('DEVICE_COUNT_OUT_OF_RANGE', {
    message: `All devices of the plan were decommissioned meanwhile (${listed(targets.map(({ name }) => name))}); nothing is left to change.`,
    hint: 'Propose the change for other devices.',
    details: { planId, count: 0 },
  });
}

/** Calls the tool of the kind and answers the id of the new plan, also when that is still being prepared. */
async function propose(
  again: CallAgain,
  { planId: replaces, kind, input, environment, rollout: options }: StoredPlan,
  { deviceIds, comment }: { deviceIds: string[]; comment: string },
): Promise<string> {
  const { notBefore, ...rest } = options;
  const isAhead = notBefore !== undefined && Date.parse(notBefore) > currentMs();
  const rollout = isAhead ? { ...rest, notBefore } : rest;
  const wish = { ...input, deviceIds, environment, rollout, comment };
  const { output, handle } = await again(`plan_${kind}`, wish, { replaces });
  return handle === undefined ? String(output['planId']) : planIdOfCall(handle.callId);
}

/** The old one should not be approved besides the new one. Should it be under way by now, both are shown as they are. */
async function withdraw(again: CallAgain, planId: string, replacedBy: string): Promise<void> {
  try {
    await again('cancel_plan', { planId, comment: `made anew as ${replacedBy}` });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'PLAN_STATE_CONFLICT') throw error;
  }
}
