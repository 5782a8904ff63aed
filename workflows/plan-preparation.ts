import { patched } from '@temporalio/workflow';
import type { PlanWorkflowInput, PreparedPlan } from '../shared/contract/plan-messages.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { boundedFleet, errorBodyOf, failureOf, fleet, onLane, promptReads } from './activity-options.ts';
import { captureInChild } from './plan-capture.ts';

/**
 * Captures every device and has the diff, the risk and the digest computed. A device that cannot be read refuses the
 * plan: nobody should approve a diff with a hole in it.
 */
export async function preparePlan({ planId, deviceIds }: PlanWorkflowInput): Promise<PreparedPlan> {
  if (!patched('captures-in-child')) return prepareInOneHistory({ planId, deviceIds });
  await captureInChild({ planId, deviceIds });
  return boundedFleet.composePlan({ planId });
}

/** As it was in histories that are older. */
const CAPTURES_AT_ONCE = 20;
/** Device names spelled out in a refusal. */
const NAMED_AT_MOST = 10;

async function prepareInOneHistory({
  planId,
  deviceIds,
}: Pick<PlanWorkflowInput, 'planId' | 'deviceIds'>): Promise<PreparedPlan> {
  const queue = [...deviceIds];
  const failures: { deviceId: string; error: ErrorBody }[] = [];
  await fleet.ensureLanes({ deviceIds: deviceIds.slice(0, CAPTURES_AT_ONCE) });
  const next = async (): Promise<void> => {
    for (let deviceId = queue.shift(); deviceId !== undefined; deviceId = queue.shift()) {
      const request = { planId, deviceId };
      try {
        await onLane(deviceId, () => promptReads(request.deviceId).capturePlanDevice(request));
      } catch (failure) {
        const error = errorBodyOf(failure, 'DEVICE_TIMEOUT');
        failures.push({ deviceId: request.deviceId, error });
        await fleet.recordCaptureFailure({ ...request, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CAPTURES_AT_ONCE, deviceIds.length) }, next));
  const [first] = failures;
  if (first) {
    const names = await fleet.deviceNames({ deviceIds: failures.map((failure) => failure.deviceId) });
    const listed = failures.slice(0, NAMED_AT_MOST).map(({ deviceId, error }) => `${names[deviceId]}: ${error.code}`);
    throw failureOf({
      ...first.error,
      message: `${failures.length} of ${deviceIds.length} devices could not be read (${listed.join('; ')}). No plan was made.`,
      hint: 'Leave these devices out, or make them reachable and propose the plan again.',
    });
  }
  return boundedFleet.composePlan({ planId });
}
