import { z } from 'zod';
import { DeviceSelector } from '../../shared/domain/device.ts';
import { MOST_PLAN_DEVICES, RolloutOptions } from '../../shared/domain/plan.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Phase } from '../../shared/operations/define-operation.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import { flagsOf, kindsOf } from '../../shared/plans/plan-parts.ts';
import type { PlanStore } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { ANSWER_WITHIN_MS, answerInTime } from '../call/answer-in-time.ts';
import { Comment, DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';
import { planIdOfCall } from '../../shared/contract/plan-id-of-call.ts';
import { briefPlan } from './brief-plan.ts';
import { PlanShape } from './plan-shape.ts';
import type { PlanViews } from './plan-view.ts';
import { sayPlan } from './say-plan.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface PlanActionDeps {
  plans: Pick<PlanStore, 'create' | 'get' | 'list' | 'patch'>;
  fleet: Pick<FleetClient, 'startPlan' | 'signalPlan'>;
  views: PlanViews;
  /** Time in which people must decide, seconds. */
  planExpiresSeconds: number;
  /** Of the deployment: what a plan is composed of must exist in it. */
  phase: Phase;
}

const ProposeInput = {
  // The range is checked where the devices are resolved, so that none and too many have their own code.
  deviceIds: z
    .array(DeviceRef)
    .max(10_000)
    .optional()
    .describe(`Ids or names of 1 to ${MOST_PLAN_DEVICES} devices, in rollout order; or give selector`),
  selector: DeviceSelector.optional().describe('The devices that meet all given criteria; or give deviceIds'),
  environment: ExpectedEnvironment,
  rollout: RolloutOptions.prefault({}).describe('How to carry it out; every field has a default'),
  comment: Comment,
};

/**
 * The tool of a plan kind: reads the devices, works out the diff, and leaves the plan for people to decide. Targets are
 * frozen here; nothing is written to any router.
 */
export function proposePlanAction(kind: PlanKind, deps: PlanActionDeps): Action {
  return defineAction({
    name: `plan_${kind.kind}`,
    title: kind.title,
    description:
      `${kind.summary} Proposes the change for 1 to ${MOST_PLAN_DEVICES} devices of one environment and answers with the diff of each; ` +
      'nothing is written. Other people approve it outside of these tools; then follow it with wait_for_plan.',
    toolset: 'plans',
    isCore: kind.isCore ?? false,
    rate: 'plan',
    phase: kind.phase,
    roles: TIERS.professional.roles,
    scopes: [TIERS.professional.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: false, idempotent: false },
    audited: true,
    task: 'work',
    input: kind.input.safeExtend(ProposeInput).strict(),
    output: PlanShape,
    brief: briefPlan,
    target: {
      on: 'fleet',
      flags: kind.flag === undefined ? [TIERS.professional.flag] : [TIERS.professional.flag, kind.flag],
      flagsOf: (input) => flagsOf(kind, input),
    },
    planKinds: (input) => kindsOf(kind, input).map((one) => one.kind),
    async dispatch({ input, target: { devices }, principal, callId, correlationId, replaces, isTask, report }) {
      const { deviceIds: _, selector: __, environment: ___, rollout: ____, comment: _____, ...own } = input;
      const { rollout, comment } = ProposeFields.parse(input);
      const refusal = kind.refuse?.(own);
      if (refusal) throw new AppError('VALIDATION_ERROR', { message: refusal });
      refuseLaterPhase(kind, own, deps.phase);
      refusePastStart(rollout);

      const planId = planIdOfCall(callId);
      const environment = devices[0]?.environment;
      if (environment === undefined) throw new AppError('DEVICE_COUNT_OUT_OF_RANGE');
      const shared = {
        planId,
        kind: kind.kind,
        environment,
        rollout,
        requestedBy: principal.sub,
        requestedByName: nameOf(principal),
        expiresAt: new Date(currentMs() + deps.planExpiresSeconds * 1000).toISOString(),
      };
      const targets = devices.map(({ deviceId, name }) => ({ deviceId, name }));
      await deps.plans.create({ ...shared, input: own, comment, devices: targets, replaces });
      const total = targets.length;
      report({ done: 0, total, message: `Reading ${total} devices` });
      const call = { callId, correlationId };
      await start(deps, { ...shared, call, deviceIds: targets.map(({ deviceId }) => deviceId) }, isTask);
      report({ done: total, total, message: `Read ${total} devices` });
      return { output: deps.views.whole(await storedPlan(deps, planId)) };
    },
    summarize: sayPlan,
  });
}

/** What is not there by itself is not there as part of something else either. */
function refuseLaterPhase(kind: PlanKind, input: Record<string, unknown>, phase: Phase): void {
  const later = kindsOf(kind, input).find((one) => one.phase > phase);
  if (later === undefined) return;
  throw new AppError('VALIDATION_ERROR', {
    message: `There is no plan_${later.kind} in this deployment: it exists from phase ${later.phase} on, and this is phase ${phase}.`,
  });
}

/** A start in the past is a slip of the pen, in the year or the time zone, more often than a wish to begin at once. */
function refusePastStart({ notBefore }: RolloutOptions): void {
  const now = new Date(currentMs());
  if (notBefore === undefined || Date.parse(notBefore) >= now.getTime()) return;
  throw new AppError('VALIDATION_ERROR', {
    message: `rollout.notBefore is ${notBefore}, but that is past: it is ${now.toISOString()} now.`,
    hint: 'Give a time to come, in UTC, or leave notBefore out to begin as soon as people have approved.',
    details: { notBefore, now: now.toISOString() },
  });
}

const ProposeFields = z.object({ rollout: RolloutOptions, comment: z.string() });

async function start(
  deps: PlanActionDeps,
  input: Parameters<FleetClient['startPlan']>[0],
  mayTakeLong: boolean,
): Promise<void> {
  const { planId } = input;
  try {
    const prepared = deps.fleet.startPlan(input);
    // When it takes longer, the answer is the plan as it is, and wait_for_plan follows it: better than a call to ask for.
    await (mayTakeLong ? prepared : answerInTime(prepared, () => null, ANSWER_WITHIN_MS - 5000));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'TIMEOUT') return;
    const { status } = await storedPlan(deps, planId);
    if (status === 'preparing' && error.code === 'SERVICE_UNAVAILABLE') {
      // No workflow will ever move this row; should one have been started after all, it refuses to go on from here.
      await deps.plans.patch({ planId, status: 'failed', statusReason: 'The plan could not be started.' });
    }
    throw new AppError(error.code, {
      message: error.message,
      hint: error.hint,
      details: { ...error.details, planId },
      cause: error,
    });
  }
}

async function storedPlan({ plans }: PlanActionDeps, planId: string) {
  const plan = await plans.get(planId);
  if (plan === null) throw new AppError('PLAN_NOT_FOUND', { details: { planId } });
  return plan;
}

function nameOf({ name, email, sub }: Principal): string {
  return email ?? name ?? sub;
}
