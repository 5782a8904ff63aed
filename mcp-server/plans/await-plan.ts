import { setTimeout as sleep } from 'node:timers/promises';
import { progressOf } from '../../shared/platform/persistence/plan-progress.ts';
import type { PlanStore, StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { Progress } from '../call/action.ts';

const FIRST_LOOK_MS = 100;
const LONGEST_PAUSE_MS = 1000;

export interface AwaitPlanOptions {
  plans: Pick<PlanStore, 'get' | 'revision'>;
  /** The plan as last read. */
  plan: StoredPlan;
  /** Ends the wait. */
  until: (plan: StoredPlan) => boolean;
  timeoutMs: number;
  /** Sees every state of the plan, the first as well. Default: nobody looks. */
  onLook?: (plan: StoredPlan) => void;
  /** Ends the wait early, as when nobody listens any more. */
  signal: AbortSignal;
}

/** Looks at the plan's row again and again until it is as wanted or the time is over; answers the row as last seen. */
export async function awaitPlan({
  plans,
  plan,
  until,
  timeoutMs,
  onLook,
  signal,
}: AwaitPlanOptions): Promise<StoredPlan> {
  const endsAt = performance.now() + timeoutMs;
  let latest = plan;
  onLook?.(latest);
  for (let pauseMs = FIRST_LOOK_MS; !until(latest); pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0 || signal.aborted) break;
    await sleep(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => {
      // Aborted: the loop ends and the caller gets what is known.
    });
    // A plan of a thousand devices is read again only when there is something new in it.
    if ((await plans.revision(plan.planId)) !== latest.revision) latest = (await plans.get(plan.planId)) ?? latest;
    onLook?.(latest);
  }
  return latest;
}

/** What a watcher of a plan wants to hear about. */
export function newsOf({ status, statusReason, devices, approvals, refusedDecisions }: StoredPlan): string {
  const progress = progressOf(devices);
  return JSON.stringify([status, statusReason, progress, approvals.length, refusedDecisions.length]);
}

/** How far a plan's devices are, in numbers and words of ours only. */
export function progressReport({ status, devices }: Pick<StoredPlan, 'status' | 'devices'>): Progress {
  const { applied, failed, pending, skipped, deferred, total } = progressOf(devices);
  const also = [
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(deferred > 0 ? [`${deferred} tried again later`] : []),
  ];
  return {
    // Those that were put back are done with too.
    done: total - pending,
    total,
    message: [`${status}: ${applied} of ${total} devices applied`, `${failed} failed`, ...also].join(', '),
  };
}
