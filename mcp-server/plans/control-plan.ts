import { z } from 'zod';
import { listed } from '../../shared/domain/name-list.ts';
import { MOST_PLAN_DEVICES, type PlanStatus } from '../../shared/domain/plan.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { progressOf } from '../../shared/platform/persistence/plan-progress.ts';
import type { ClaimStore } from '../../shared/platform/persistence/stores/claim-store.ts';
import type { PlanStore } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Comment, DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';
import { refuseLapsed } from './approval-validity.ts';
import { awaitPlan } from './await-plan.ts';
import { controlRule, type ControlSignal } from './control-rules.ts';
import { briefPlan } from './brief-plan.ts';
import { namedDevices } from './named-devices.ts';
import { PlanIdField, PlanShape } from './plan-shape.ts';
import type { PlanViews } from './plan-view.ts';
import { refuseHeld } from './refuse-held.ts';
import { refuseTooLate } from './rollback-window.ts';
import { sayPlan } from './say-plan.ts';

export interface ControlPlanDeps {
  plans: Pick<PlanStore, 'get' | 'revision'>;
  claims: Pick<ClaimStore, 'holders'>;
  fleet: Pick<FleetClient, 'signalPlan' | 'isPlanRunning'>;
  views: PlanViews;
}

/** Time in which the plan's row usually shows that a signal was taken. */
const SHOWN_WITHIN_MS = 10_000;

/** Sends a control signal to the plan's workflow on behalf of an authorized person. */
export function controlPlanAction(signal: ControlSignal, { plans, claims, fleet, views }: ControlPlanDeps): Action {
  const rule = controlRule(signal);
  const { name, title, description, roles, scopes, from, destructive, asksFirst, startsWork, isCore = true } = rule;
  const Devices = z.array(DeviceRef).min(1).max(MOST_PLAN_DEVICES).describe('Ids or names of devices of the plan');
  return defineAction({
    name,
    title,
    description,
    toolset: 'plans',
    isCore,
    rate: 'plan',
    phase: 3,
    roles,
    scopes,
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive, idempotent: true },
    audited: true,
    asksFirst,
    ...(startsWork ? { task: 'plan' as const } : {}),
    input: z.strictObject({
      planId: PlanIdField,
      ...(rule.devices === undefined
        ? {}
        : {
            deviceIds: rule.devices === 'required' ? Devices : Devices.optional().describe('Default: all that failed'),
          }),
      environment: ExpectedEnvironment,
      comment: Comment,
    }),
    output: PlanShape,
    brief: briefPlan,
    target: { on: 'plan' },
    async dispatch({ input, target: { plan }, principal, signal: gone }) {
      if (!from.includes(plan.status)) throw stateConflict(name, plan.planId, plan.status, from);
      if (signal === 'rollback') refuseTooLate(plan);
      if (signal === 'retry') refuseLapsed(plan);
      await refuseHeld({ claims, fleet }, signal, plan);
      const { comment, deviceIds: named } = Asked.parse(input);
      const devices = rule.devices === undefined ? {} : namedDevices(signal, plan, named);
      await fleet.signalPlan(plan.planId, signal, { comment, ...devices, onBehalfOf: principal.sub });
      const latest = await awaitPlan({
        plans,
        plan,
        until: (now) =>
          now.status !== plan.status ||
          now.statusReason !== plan.statusReason ||
          (signal === 'skip' && progressOf(now.devices).skipped > progressOf(plan.devices).skipped),
        timeoutMs: SHOWN_WITHIN_MS,
        signal: gone,
      });
      return { output: views.whole(latest) };
    },
    summarize: (plan) => {
      if (!from.includes(plan.status)) return sayPlan(plan);
      const said = `${name} was sent; plan ${plan.planId} is still ${plan.status}.`;
      const leftOut = signal === 'skip' ? sayLeftOut(plan.devices) : '';
      return `${said}${leftOut} Call wait_for_plan to see what comes of it.`;
    },
  });
}

/** Those that people left out so far; empty when none are. */
function sayLeftOut(devices: z.output<typeof PlanShape>['devices']): string {
  const names = devices.flatMap(({ name, error }) => (error?.code === 'DEVICE_SKIPPED' ? [name] : []));
  return names.length === 0 ? '' : ` Left out: ${listed(names)}.`;
}

const Asked = z.object({ comment: z.string(), deviceIds: z.array(z.string()).optional() });

/** Statuses whose refusal has a code of its own. */
const OWN_CODES: Partial<Record<PlanStatus, Partial<Record<string, ErrorCode>>>> = {
  awaiting_approval: { apply_plan: 'PLAN_NOT_APPROVED' },
  expired: { apply_plan: 'PLAN_EXPIRED', cancel_plan: 'PLAN_EXPIRED' },
};

function stateConflict(name: string, planId: string, status: PlanStatus, from: readonly PlanStatus[]): AppError {
  return new AppError(OWN_CODES[status]?.[name] ?? 'PLAN_STATE_CONFLICT', {
    message: `${name} needs a plan that is ${from.join(' or ')}; this one is ${status}.`,
    hint:
      status === 'awaiting_approval'
        ? 'People must approve it first; no tool can.'
        : 'Call get_plan to see it as it is.',
    details: { planId, status, allowed: from },
  });
}
