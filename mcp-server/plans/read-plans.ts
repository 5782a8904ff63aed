import { z } from 'zod';
import { Environment } from '../../shared/domain/environment.ts';
import { PlanStatus } from '../../shared/domain/plan.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { PlanStore, StoredPlanSummary } from '../../shared/platform/persistence/stores/plan-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { cursorAfter, entryOf } from '../call/cursor.ts';
import { coversAll } from '../call/resolve-plan.ts';
import { PlanIdField, PlanLine, PlanShape } from './plan-shape.ts';
import type { PlanViews } from './plan-view.ts';
import { sayPlan } from './say-plan.ts';

export interface ReadPlansDeps {
  plans: Pick<PlanStore, 'list'>;
  devices: Pick<DeviceStore, 'getMany'>;
  views: PlanViews;
}

const READ = {
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
    target: { on: 'plan' },
    async dispatch({ target: { plan } }) {
      return { output: views.whole(plan) };
    },
    summarize: sayPlan,
  });
}

const ListPlansInput = z.strictObject({
  statuses: z.array(PlanStatus).min(1).max(13).optional().describe('Only plans in one of these'),
  environment: Environment.optional(),
  requestedBy: z.string().max(200).optional().describe('Only plans this subject asked for; "me" for your own'),
  limit: z.int().min(1).max(100).default(25).describe('Plans of one page'),
  cursor: z.string().max(200).optional().describe('nextCursor of the page before'),
});

export function listPlansAction(deps: ReadPlansDeps): Action {
  return defineAction({
    ...READ,
    name: 'list_plans',
    title: 'List plans',
    description:
      'Plans whose devices are all visible to you, newest first, without their diffs. Call get_plan for one of them.',
    input: ListPlansInput,
    output: z.object({ plans: z.array(PlanLine), nextCursor: z.string().optional() }),
    target: { on: 'nothing' },
    async dispatch({ input, principal }) {
      const { plans, nextCursor } = await visiblePage(deps, principal, input);
      return {
        output: {
          plans: plans.map((plan) => deps.views.line(plan)),
          ...(nextCursor === undefined ? {} : { nextCursor }),
        },
      };
    },
    summarize: ({ plans, nextCursor }) =>
      `${plans.length} plans${nextCursor === undefined ? '' : '; call again with nextCursor for more'}.`,
  });
}

/** Pages of the store that are looked through for one page of plans a narrow scope may see. */
const MAX_STORE_PAGES = 10;

async function visiblePage(
  { plans, devices }: ReadPlansDeps,
  principal: Principal,
  { limit, cursor, requestedBy, statuses, environment }: z.output<typeof ListPlansInput>,
): Promise<{ plans: StoredPlanSummary[]; nextCursor?: string }> {
  const filter = { statuses, environment, requestedBy: requestedBy === 'me' ? principal.sub : requestedBy };
  const visible: StoredPlanSummary[] = [];
  let before = cursor === undefined ? undefined : entryOf(cursor);
  for (let page = 0; page < MAX_STORE_PAGES; page++) {
    const rows = await plans.list({ ...filter, limit, before });
    for (const row of rows) {
      before = row.planId;
      if (await coversAll(devices, principal, row.deviceIds)) visible.push(row);
      if (visible.length === limit) return { plans: visible, nextCursor: cursorAfter(row.planId) };
    }
    if (rows.length < limit) return { plans: visible };
  }
  return { plans: visible, ...(before === undefined ? {} : { nextCursor: cursorAfter(before) }) };
}
