import { continueAsNew, executeChild, log, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { PlanCaptureInput } from '../shared/contract/plan-messages.ts';
import { captureWorkflowId } from '../shared/contract/workflow-ids.ts';
import { errorBodyOf, fleet, onLane, promptReads, wasNeverStarted } from './activity-options.ts';

/** Devices read at the same time; each is read over its own lane, so that this bounds lanes and not routers. */
const CAPTURES_AT_ONCE = 50;

/**
 * Reads every device of a plan into the plan's rows. One that cannot be read is noted there, and the others are read all the
 * same: whoever asked learns of all of them at once. Continues as new, so that a thousand devices are no longer history.
 */
export async function planCaptureWorkflow({ planId, deviceIds }: PlanCaptureInput): Promise<void> {
  const queue = [...deviceIds];
  const served = inChunks(deviceIds);
  const next = async (): Promise<void> => {
    while (!workflowInfo().continueAsNewSuggested) {
      const deviceId = queue.shift();
      if (deviceId === undefined) return;
      await served(deviceId);
      await capture(planId, deviceId);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CAPTURES_AT_ONCE, deviceIds.length) }, next));
  if (queue.length === 0) return;
  setCurrentDetails(`**${planId}**: ${queue.length} device(s) to read`);
  await continueAsNew<typeof planCaptureWorkflow>({ planId, deviceIds: queue });
}

/** Runs it as a child of the plan. */
export async function captureInChild({ planId, deviceIds }: PlanCaptureInput): Promise<void> {
  await executeChild(planCaptureWorkflow, {
    workflowId: captureWorkflowId(planId),
    args: [{ planId, deviceIds }],
    // It only reads; nobody needs it without its plan.
    parentClosePolicy: 'REQUEST_CANCEL',
    staticSummary: `read ${deviceIds.length} device(s) for ${planId}`,
  });
}

async function capture(planId: string, deviceId: string): Promise<void> {
  const read = (): Promise<void> => promptReads(deviceId).capturePlanDevice({ planId, deviceId });
  try {
    await read().catch((error: unknown) => {
      if (!wasNeverStarted(error)) throw error;
      return onLane(deviceId, read);
    });
  } catch (failure) {
    await fleet.recordCaptureFailure({ planId, deviceId, error: errorBodyOf(failure, 'DEVICE_TIMEOUT') });
  }
}

/**
 * Answers when somebody was asked to serve the device's queue. Many are asked for at once: one by one that would take most of
 * the time. For a device that may not be served it is said when it is read.
 */
function inChunks(deviceIds: readonly string[]): (deviceId: string) => Promise<void> {
  const chunkOf = new Map(deviceIds.map((deviceId, index) => [deviceId, Math.floor(index / CAPTURES_AT_ONCE)]));
  const asked = new Map<number, Promise<void>>();
  return (deviceId) => {
    const chunk = chunkOf.get(deviceId) ?? 0;
    const known = asked.get(chunk);
    if (known) return known;
    const first = chunk * CAPTURES_AT_ONCE;
    const served = fleet
      .ensureLanes({ deviceIds: deviceIds.slice(first, first + CAPTURES_AT_ONCE) })
      .catch((error: unknown) => log.warn('lanes not asked for', { error: String(error) }));
    asked.set(chunk, served);
    return served;
  };
}
