import { z } from 'zod';
import { PlanStatus, SETTLED_PLAN_STATUSES } from '../../shared/domain/plan.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import type { PlanStore } from '../../shared/platform/persistence/stores/plan-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { awaitPlan, newsOf, progressReport } from './await-plan.ts';
import { briefPlan } from './brief-plan.ts';
import { PlanIdField, PlanShape } from './plan-shape.ts';
import type { PlanViews } from './plan-view.ts';
import { sayPlan } from './say-plan.ts';

/** Longest wait: hosts give a tool call about a minute. */
const MAX_WAIT_SECONDS = 45;

export interface WaitForPlanDeps {
  plans: Pick<PlanStore, 'get' | 'revision'>;
  views: PlanViews;
  /** Aborted when this process is about to end, so that waiting calls are answered and not cut off. */
  draining: AbortSignal;
}

export function waitForPlanAction({ plans, views, draining }: WaitForPlanDeps): Action {
  return defineAction({
    name: 'wait_for_plan',
    title: 'Wait for a plan',
    description:
      'Waits until something happens to a plan (a vote, another status, progress of its devices), at most waitSeconds, ' +
      'and answers the plan as it then is. Answers at once when the plan is finished, or is no longer in the status you ' +
      'name. Call it again until the plan is finished.',
    toolset: 'plans',
    isCore: true,
    rate: 'read',
    phase: 3,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    isBounded: true,
    task: 'plan',
    input: z.strictObject({
      planId: PlanIdField,
      status: PlanStatus.optional().describe('The status you saw last; leave out to wait for any news from now on'),
      waitSeconds: z.int().min(0).max(MAX_WAIT_SECONDS).default(MAX_WAIT_SECONDS).describe('Longest wait in seconds'),
    }),
    output: PlanShape,
    brief: briefPlan,
    target: { on: 'plan' },
    async dispatch({ input: { status, waitSeconds }, target: { plan }, signal, isTask, report }) {
      const known = newsOf(plan);
      const settled: readonly string[] = SETTLED_PLAN_STATUSES;
      const latest = await awaitPlan({
        plans,
        plan,
        until: (now) =>
          settled.includes(now.status) || (status !== undefined && now.status !== status) || newsOf(now) !== known,
        // Whoever holds a task asks again anyway.
        timeoutMs: isTask ? 0 : waitSeconds * 1000,
        onLook: (now) => report(progressReport(now)),
        signal: AbortSignal.any([signal, draining]),
      });
      return { output: views.whole(latest) };
    },
    summarize: sayPlan,
  });
}
