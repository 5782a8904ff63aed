import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { DriftCheckInput, DriftCheckResult, DriftChecks } from '../shared/contract/drift-messages.ts';
import { deviceQueue } from '../shared/contract/task-queues.ts';
import { errorBodyOf, failureOf, onLane } from './activity-options.ts';

/** Compares one device with its baseline, for somebody who waits. */
export async function driftCheckWorkflow(input: DriftCheckInput): Promise<DriftCheckResult> {
  const { deviceId } = input;
  try {
    const result = await onLane(deviceId, () => driftChecks(deviceId, 3).checkDrift(input));
    setCurrentDetails(`**${result.snapshotId}**: ${result.open} open, ${result.news} new, ${result.gone} gone`);
    return result;
  } catch (error) {
    throw failureOf(errorBodyOf(error, 'DEVICE_TIMEOUT'));
  }
}

/** An export and its comparison: on a large configuration they take long. `priority` is that of the lane's tasks, 1 to 5. */
export function driftChecks(deviceId: string, priority: number): DriftChecks {
  return proxyActivities<DriftChecks>({
    taskQueue: deviceQueue(deviceId),
    // No owner took the device's lane in time; nothing was started.
    scheduleToStartTimeout: '20s',
    startToCloseTimeout: '4m',
    // The lane's owner died or hangs.
    heartbeatTimeout: '10s',
    retry: {
      initialInterval: '500ms',
      backoffCoefficient: 2,
      maximumAttempts: 2,
      nonRetryableErrorTypes: ['DEVICE_COOLING_DOWN', 'DEVICE_BUSY'],
    },
    cancellationType: 'TRY_CANCEL',
    priority: { priorityKey: priority },
  });
}
