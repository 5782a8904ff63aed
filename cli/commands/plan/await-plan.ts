import { setTimeout as sleep } from 'node:timers/promises';
import type { ConvoyClient } from '../../client/convoy-client.ts';
import type { PlanView } from '../../client/shapes.ts';

const PAUSE_MS = 400;

/** Looks at a plan until it is as wanted; null when that did not happen in time. */
export async function awaitPlan(
  client: ConvoyClient,
  planId: string,
  until: (plan: PlanView) => boolean,
  timeoutMs: number,
): Promise<PlanView | null> {
  for (const endsAt = Date.now() + timeoutMs; Date.now() < endsAt; await sleep(PAUSE_MS)) {
    const plan = await client.getPlan(planId);
    if (until(plan)) return plan;
  }
  return null;
}
