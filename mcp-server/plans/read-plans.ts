import { z } from 'zod';
import { Environment } from '../../shared/domain/environment.ts';
import { PlanStatus } from '../../shared/domain/plan.ts';
import { visibleDevices, type Principal } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import type { PlanStore, StoredPlanSummary } from '../../shared/platform/persistence/stores/plan-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, NextCursor } from '../call/input-fields.ts';
import { briefPlan } from './brief-plan.ts';
import { PlanIdField, PlanLine, PlanShape } from './plan-shape.ts';
import type { PlanViews } from './plan-view.ts';
import { sayPlan } from './say-plan.ts';

export interface ReadPlansDeps {
  plans: Pick<PlanStore, 'list' | 'count'>;
  views: PlanViews;
}

const READ = {
  toolset: 'plans',
  isCore: true,
  rate: 'read',
  phase: 3,
  roles: TIERS.fundamental.roles,
  scopes: [TIERS.fundamental.scope],
  surfaces: ['mcp', 'http'],
  hints: { readOnly: true, destructive: false, idempotent: true },
  audited: false,
} as const;

export function getPlanAction({ views }: Pick<ReadPlansDeps, 'views'>): Action {
  return defineAction({
    ...READ,
    name: 'get_plan',
    title: 'Get a plan',
    description:
      'A plan as it stands: status, risk, digest, votes, rollout options, and the diff, state and error of every device. ' +
      'To follow a plan, call wait_for_plan instead of repeating this.',
    input: z.strictObject({ planId: PlanIdField }),
    output: PlanShape,
    brief: briefPlan,
    target: { on: 'plan' },
    async dispatch({ target: { plan } }) {
      return { output: views.whole(plan) };
    },
    summarize: sayPlan,
  });
}

const ListPlansInput = z.strictObject({
  statuses: z.array(PlanStatus).min(1).max(13).optional().describe('Only plans in one of these'),
  environment: Environment.optional().describe('Only plans of this one'),
  requestedBy: z.string().max(200).optional().describe('Only plans this subject asked for; "me" for your own'),
  refused: z
    .boolean()
    .optional()
    .describe('Only proposals that were refused, so that no plan came of them; false: without'),
  limit: z.int().min(1).max(100).default(25).describe('Plans of one page'),
  cursor: Cursor,
});

const PlanList = z.object({
  plans: z.array(PlanLine),
  total: z.int().describe('Plans on all pages'),
  nextCursor: NextCursor,
});

export function listPlansAction(deps: ReadPlansDeps): Action {
  return defineAction({
    ...READ,
    name: 'list_plans',
    title: 'List plans',
    description:
      'Plans whose devices are all visible to you, newest first, without their diffs. Call get_plan for one of them.',
    input: ListPlansInput,
    output: PlanList,
    target: { on: 'nothing' },
    async dispatch({ input, principal, after }) {
      const { plans, total, next } = await visiblePage(deps, principal, input, after);
      return {
        output: {
          plans: plans.map((plan) => deps.views.line(plan)),
          total,
        },
        next,
      };
    },
    summarize: ({ plans, total, nextCursor }) =>
      `${plans.length} of ${total} plans${nextCursor === undefined ? '' : '; call again with nextCursor for more'}.`,
  });
}

async function visiblePage(
  { plans }: Pick<ReadPlansDeps, 'plans'>,
  principal: Principal,
  { limit, requestedBy, statuses, environment, refused }: z.output<typeof ListPlansInput>,
  after: string | null,
): Promise<{ plans: StoredPlanSummary[]; total: number; next: string | undefined }> {
  const filter = {
    statuses,
    environment,
    refused,
    requestedBy: requestedBy === 'me' ? principal.sub : requestedBy,
    grants: visibleDevices(principal),
  };
  // One more than the page holds, because a page that is just full may be the last.
  const request = { ...filter, limit: limit + 1, before: after ?? undefined };
  const [rows, total] = await Promise.all([plans.list(request), plans.count(filter)]);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { plans: page, total, next: last?.planId };
}
