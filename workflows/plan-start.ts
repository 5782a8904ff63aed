import { patched } from '@temporalio/workflow';
import type { PreparedPlan } from '../shared/contract/plan-messages.ts';
import { fleet } from './activity-options.ts';
import { takeDevices } from './plan-claims.ts';
import { votesOf } from './plan-decisions.ts';
import type { PlanRun } from './plan-run.ts';
import { sayHolds } from './say-lapsed.ts';
import { sayWhy } from './say-why.ts';

/**
 * A window may be moved while it is waited for, so it is asked about again now and then: the farther away it is the less
 * often, so that a year of waiting fits into a history.
 */
const LONGEST_WAIT_MS = 60 * 60 * 1000;
const LOOKS_PER_WAIT = 24;

/** Lets people decide, unless a rule of the policy has. */
export async function awaitApproval(run: PlanRun, { planId, approvalsNeeded }: PreparedPlan): Promise<void> {
  const approval = await fleet.autoApprove({ planId });
  if (approval) run.votes = votesOf([approval], approvalsNeeded);
  if (run.votes.outcome === 'approved') await run.enter('approved', approval?.comment ?? null);
  else await run.enter('awaiting_approval', null);
}

/**
 * Whether an approved plan may begin now. One that must not waits for its window, or, under an emergency stop or a rule of
 * the policy, until somebody asks for it: nothing begins by itself when a stop is lifted. One that may begin takes its devices
 * first, or waits for the plan that holds some of them.
 */
export async function mayStart(run: PlanRun, prepared: PreparedPlan): Promise<boolean> {
  const { planId } = prepared;
  const deviceIds = run.toChange(prepared);
  const admission = await fleet.mayProceed({ stage: 'start', planId, deviceIds });
  if (admission.answer === 'proceed') return !patched('plan-claims') || takeDevices(run, deviceIds);
  if (admission.answer === 'wait') {
    const [nowMs, untilMs] = [Date.now(), Date.parse(admission.until)];
    run.opensAtMs ??= untilMs;
    const waitsLong = patched('long-waits-look-less');
    const longestMs = waitsLong ? Math.max(LONGEST_WAIT_MS, (untilMs - nowMs) / LOOKS_PER_WAIT) : LONGEST_WAIT_MS;
    run.waitsUntilMs = Math.min(untilMs, nowMs + longestMs);
    const reason = `${sayWhy(admission.reason)} It begins at ${admission.until}.${sayHolds(run)}`;
    // One row for as long as it waits for the same.
    if (!waitsLong || run.statusReason !== reason) await run.enter('approved', reason);
  } else {
    run.isApplyRequested = false;
    await run.enter('approved', `${sayWhy(admission.reason)} Nothing was begun; apply the plan when it may go on.`);
  }
  return false;
}
