import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/common';
import {
  deviceChangeWorkflowId,
  planWorkflowId,
  rollbackWorkflowId,
  rolloutWorkflowId,
} from '../../../shared/contract/workflow-ids.ts';
import { SETTLED_PLAN_STATUSES, type PlanStatus } from '../../../shared/domain/plan.ts';
import type { Ending } from '../story/story.ts';
import { control, plansNamed, type Played, type PlayedPlan, type Stage } from './play-story.ts';
import { patiently } from './patiently.ts';
import type { ChaosRouter } from './routers.ts';

const SETTLED: ReadonlySet<PlanStatus> = new Set(SETTLED_PLAN_STATUSES);
const LOOK_EVERY_MS = 400;
/** An approved plan begins by itself; one that does not within this time is withdrawn. */
const BEGINS_WITHIN_MS = 30_000;
/** By then whoever proposed it has begun its workflow. */
const BEGUN_WITHIN_MS = 10_000;
/** How fast the clocks of routers with a guard go while it is waited for. */
const CLOCK_STEP_MS = { every: 2_000, by: 10_000 };
/** No guarded change takes so long on routers that answer. */
const GUARD_IN_USE_MS = 25_000;

/** Heals all routers: no faults, power on, prompt. */
export async function heal(routers: readonly ChaosRouter[]): Promise<void> {
  await Promise.all(
    routers.map(async ({ simulated }) => {
      await simulated.setFaults([]);
      await simulated.switchOn();
      simulated.latencyMs = Math.min(simulated.latencyMs, 20);
    }),
  );
}

/** Sees to every plan of a story as an operator would, until all are settled and nobody works on its devices. */
export async function settle(stage: Stage, played: Played, timeoutMs: number): Promise<void> {
  const untilMs = Date.now() + timeoutMs;
  const isDone = new AbortController();
  const clocks = hurryClocks(played.routers, isDone.signal);
  try {
    const seen = new Set<PlayedPlan>();
    for (;;) {
      const unseen = (await adoptLost(stage, played)).filter((plan) => !seen.has(plan));
      if (unseen.length === 0) break;
      for (const plan of unseen) seen.add(plan);
      await Promise.all(unseen.map((plan) => settlePlan(stage, played, plan, untilMs)));
    }
    while (Date.now() < untilMs && (await isAnyBusy(stage, played))) await delay(LOOK_EVERY_MS);
  } finally {
    isDone.abort();
    await clocks;
  }
}

/** Plans whose making was never answered, and which are there all the same; one may have been made anew instead. Answers all that are there. */
async function adoptLost({ stack }: Stage, { story, plans }: Played): Promise<PlayedPlan[]> {
  for (const told of story.plans) {
    const made = await patiently(() => plansNamed(stack.database, told.name));
    for (const { planId } of made) {
      if (plans.some((plan) => plan.planId === planId)) continue;
      const unanswered = plans.find((plan) => plan.story === told && plan.planId === null);
      if (unanswered) unanswered.planId = planId;
      else plans.push({ story: told, planId, votes: [] });
    }
  }
  return plans.filter(({ planId }) => planId !== null);
}

async function settlePlan(stage: Stage, played: Played, plan: PlayedPlan, untilMs: number): Promise<void> {
  const endings = [...played.story.endings];
  const finale: Ending = endings[0] ?? 'leave';
  let isFinaleOver = finale !== 'rollback';
  let sinceMs = Date.now();
  let was: PlanStatus | null = null;
  const { planId } = plan;
  if (planId === null) return;
  const say = async (what: Parameters<typeof control>[3]): Promise<void> => {
    const said = await control(stage, played, plan, what);
    played.told.push(`afterwards  ${what} of ${plan.story.name}: ${said}`);
    sinceMs = Date.now();
  };
  while (Date.now() < untilMs) {
    const made = await stage.stack.database.plans.get(planId).catch(() => undefined);
    if (made === null) return;
    const status = made?.status ?? null;
    if (status !== was) sinceMs = Date.now();
    was = status;
    // A proposal that died with its web process: no workflow was begun, and the care of the audit says so in its time.
    if (status === 'preparing' && Date.now() - sinceMs > BEGUN_WITHIN_MS && !(await isBegun(stage, planId))) return;
    if (status === 'paused') {
      const next = endings.shift() ?? 'abort';
      await say(next === 'leave' ? 'resume' : next);
      await stays(stage, planId, status);
    } else if (status === 'awaiting_approval') {
      await say('cancel');
      await stays(stage, planId, status);
    } else if (status === 'approved' && Date.now() - sinceMs > BEGINS_WITHIN_MS) await say('cancel');
    else if (status !== null && SETTLED.has(status)) {
      if (isFinaleOver || (status !== 'completed' && status !== 'failed')) return;
      isFinaleOver = true;
      await say('rollback');
      await stays(stage, planId, status);
    }
    await delay(LOOK_EVERY_MS);
  }
}

async function isBegun(stage: Stage, planId: string): Promise<boolean> {
  return isRunning(stage, planWorkflowId(planId)).catch(() => true);
}

/** Waits until what was asked for shows. */
async function stays({ stack }: Stage, planId: string, status: PlanStatus): Promise<void> {
  const untilMs = Date.now() + 15_000;
  while (Date.now() < untilMs) {
    const made = await stack.database.plans.get(planId).catch(() => undefined);
    if (made !== undefined && made?.status !== status) return;
    await delay(LOOK_EVERY_MS);
  }
}

async function isAnyBusy(stage: Stage, { routers, plans }: Played): Promise<boolean> {
  const ids = [
    ...routers.map(({ deviceId }) => deviceChangeWorkflowId(deviceId)),
    ...plans.flatMap(({ planId }) => (planId === null ? [] : workOf(planId))),
  ];
  const running = await Promise.all(ids.map((id) => patiently(() => isRunning(stage, id))));
  return running.includes(true) || routers.some(({ simulated }) => simulated.router.journal.inFlight > 0);
}

/** Workflows that write for a plan. */
export function workOf(planId: string): string[] {
  return [rolloutWorkflowId(planId), rollbackWorkflowId(planId)];
}

export async function isRunning({ people }: Stage, workflowId: string): Promise<boolean> {
  try {
    const { status } = await people.temporal.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** A guard waits minutes; on routers where one waits longer than any change takes, time goes faster. */
async function hurryClocks(routers: readonly ChaosRouter[], signal: AbortSignal): Promise<void> {
  const sinceMs = new Map<string, number>();
  while (!signal.aborted) {
    for (const { name, simulated } of routers) {
      const guards = simulated.router.rows('/system/scheduler').map((row) => row['name'] ?? '');
      const key = guards.length === 0 ? '' : `${name} ${guards.join(' ')}`;
      if (key === '') continue;
      const seenAtMs = sinceMs.get(key) ?? Date.now();
      sinceMs.set(key, seenAtMs);
      if (Date.now() - seenAtMs > GUARD_IN_USE_MS) simulated.router.clock.advance(CLOCK_STEP_MS.by);
    }
    await delay(CLOCK_STEP_MS.every, undefined, { signal }).catch(() => undefined);
  }
}
