import { patched } from '@temporalio/workflow';
import type { PreparedPlan } from '../shared/contract/plan-messages.ts';
import { fleet } from './activity-options.ts';
import { takeDevices } from './plan-claims.ts';
import { votesOf } from './plan-decisions.ts';
import type { PlanRun } from './plan-run.ts';
import { sayWhy } from './say-why.ts';

/** A window may be moved while it is waited for, so it is asked about again now and then. */
const LONGEST_WAIT_MS = 60 * 60 * 1000;

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
  const { planId, deviceIds } = prepared;
  const admission = await fleet.mayProceed({ stage: 'start', planId, deviceIds });
  if (admission.answer === 'proceed') return !patched('plan-claims') || takeDevices(run, prepared);
  if (admission.answer === 'wait') {
    run.waitsUntilMs = Math.min(Date.parse(admission.until), Date.now() + LONGEST_WAIT_MS);
    await run.enter('approved', `${sayWhy(admission.reason)} It begins at ${admission.until}.`);
  } else {
    run.isApplyRequested = false;
    await run.enter('approved', `${sayWhy(admission.reason)} Nothing was begun; apply the plan when it may go on.`);
  }
  return false;
}
