import { patched } from '@temporalio/workflow';
import type { HeldDevices } from '../shared/contract/fleet-activities.ts';
import type { AttributedSignal, PreparedPlan } from '../shared/contract/plan-messages.ts';
import { fleet } from './activity-options.ts';
import type { PlanRun } from './plan-run.ts';
import { sayHolds } from './say-lapsed.ts';

/** Told when another plan lets go of devices; a look now and then is for when that gets lost. */
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 60 * 60 * 1000;

/**
 * Takes the devices before the first write. While another plan holds some of them this one waits, says for whom, and begins
 * by itself when that one has ended.
 */
export async function takeDevices(run: PlanRun, deviceIds: string[]): Promise<boolean> {
  const { planId } = run.input;
  const held = await fleet.claimDevices({ planId, deviceIds, waits: true });
  if (held.length === 0) return true;
  run.waitsUntilMs = Date.now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** run.claimsRefused);
  run.claimsRefused += 1;
  const reason = `Waits for ${sayHeld(held)}. It begins by itself when ${held.length === 1 ? 'that one has' : 'those have'} ended.${sayHolds(run)}`;
  // One row for as long as it waits for the same.
  if (run.statusReason !== reason) await run.enter('approved', reason);
  return false;
}

/**
 * Takes the devices once more, for a plan that let go of them: a person who asks wants to know at once, so this does not
 * wait. Answers why it must not be, null when it may.
 */
export async function takeDevicesAgain(
  run: PlanRun,
  { planId, deviceIds }: PreparedPlan,
  { signal }: AttributedSignal,
): Promise<string | null> {
  const isSettled =
    run.status === 'failed' ||
    run.status === 'completed' ||
    (run.status === 'rollback_incomplete' && patched('rollback-again-takes-devices'));
  if (!isSettled || run.running !== null || !patched('plan-claims')) return null;
  const held = await fleet.claimDevices({ planId, deviceIds, waits: false });
  return held.length === 0 ? null : `${signal} was not begun: the devices are held by ${sayHeld(held)}.`;
}

/** Of the plans that hold devices, in a sentence. */
const PLANS_NAMED = 5;

/** "plan pln_…, which is rolling out on 2 of its devices (a, b)" */
function sayHeld(held: readonly HeldDevices[]): string {
  const rest = held.length > PLANS_NAMED ? `; and ${held.length - PLANS_NAMED} more plans` : '';
  const named = held
    .slice(0, PLANS_NAMED)
    .map(({ planId, status, deviceCount, names }) => {
      const more = deviceCount > names.length ? ` and ${deviceCount - names.length} more` : '';
      const doing = status === 'paused' ? 'paused' : status === 'rolling_back' ? 'rolling back' : 'rolling out';
      return `plan ${planId}, which is ${doing}, with ${names.join(', ')}${more}`;
    })
    .join('; ');
  return `${named}${rest}`;
}
