import { setTimeout as delay } from 'node:timers/promises';
import type { McpSession } from '../../cli/tour/mcp-session.ts';
import type { People } from '../../cli/tour/people.ts';
import type { Plan, PlanStatus } from '../../shared/domain/plan.ts';

const APPROVERS = ['approver@convoy.test', 'approver2@convoy.test'];
/** Time that one question for a plan may take, seconds. */
const WAIT_SECONDS = 30;
/** Plans of many devices have news all the time; each look at one costs the web process something. */
const LOOK_AGAIN_MS = 500;
const ENDED: readonly PlanStatus[] = ['completed', 'failed', 'paused', 'rolled_back', 'rollback_incomplete'];

type Wish = Record<string, unknown>;

/** Proposes a plan and waits until all its devices were read; fails with what refused it. */
export async function propose(mcp: McpSession, kind: string, wish: Wish): Promise<Plan> {
  const plan = await mcp.call<Plan>(`plan_${kind}`, wish);
  return leaves(mcp, plan, ['preparing']);
}

/** Has as many people approve the plan as it needs. */
export async function approve(people: People, { planId, digest, approvalsNeeded }: Plan): Promise<void> {
  for (const user of APPROVERS.slice(0, approvalsNeeded)) {
    const given = await people.decide(user, planId, 'approve', { digest });
    if (given.status >= 300) throw new Error(`${user} could not approve ${planId}: ${given.code}`);
  }
}

/** Waits until the plan stands still in one way or another. */
export async function ends(mcp: McpSession, plan: Plan): Promise<Plan> {
  let current = plan;
  while (!ENDED.includes(current.status)) current = await leaves(mcp, current, [current.status]);
  return current;
}

/** As `ends`; fails unless all was carried out. */
export async function completes(mcp: McpSession, plan: Plan): Promise<Plan> {
  const ended = await ends(mcp, plan);
  if (ended.status === 'completed') return ended;
  throw new Error(`${plan.planId} ended as ${ended.status}: ${ended.statusReason}`);
}

/** Takes a plan back and waits for the end of that. */
export async function takesBack(mcp: McpSession, plan: Plan): Promise<Plan> {
  let current = await mcp.call<Plan>('rollback_plan', { planId: plan.planId, comment: 'measured' });
  // The plan is what it was until its workflow has read who asks.
  while (current.status === plan.status) {
    await delay(50);
    current = await mcp.call<Plan>('get_plan', { planId: plan.planId });
  }
  return ends(mcp, current);
}

async function leaves(mcp: McpSession, plan: Plan, statuses: readonly PlanStatus[]): Promise<Plan> {
  let current = plan;
  while (statuses.includes(current.status)) {
    const { planId, status } = current;
    current = await mcp.call<Plan>('wait_for_plan', { planId, status, waitSeconds: WAIT_SECONDS });
    if (current.status === status) await delay(LOOK_AGAIN_MS);
  }
  return current;
}
