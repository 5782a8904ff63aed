import { continueAsNew, log, proxyActivities, setCurrentDetails, uuid4, workflowInfo } from '@temporalio/workflow';
import {
  DRIFT_SCHEDULE_ACTOR,
  type DriftRecords,
  type DriftSweepInput,
  type DriftSweepProgress,
} from '../shared/contract/drift-messages.ts';
import { FLEET_QUEUE } from '../shared/contract/task-queues.ts';
import { ulidOf } from '../shared/domain/ids.ts';
import { errorBodyOf, onLane } from './activity-options.ts';
import { driftChecks } from './drift-check.ts';

/** What it needs of the database. */
const records = proxyActivities<DriftRecords>({
  taskQueue: FLEET_QUEUE,
  startToCloseTimeout: '60s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
});

/** Everything else that a lane has to do comes first. */
const LOWEST_PRIORITY = 5;

/**
 * Compares devices with their baselines, a few at a time, each through its lane: a cohort, by a schedule, or what a plan
 * changed, when it has ended. A device that is away or being changed is left for the next time.
 */
export async function driftSweepWorkflow(input: DriftSweepInput): Promise<DriftSweepProgress> {
  const { of } = input;
  const progress = input.progress ?? { after: '', compared: 0, failed: 0 };
  for (let hasMore = true; hasMore;) {
    const page = await records.driftTargets({ of, after: progress.after });
    await compareAll(input, progress, page);
    progress.after = page.deviceIds.at(-1) ?? progress.after;
    ({ hasMore } = page);
    if (hasMore && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof driftSweepWorkflow>({ ...input, progress });
    }
  }
  if ('cohort' in of && of.cohort === 0) await records.pruneDrift();
  return progress;
}

async function compareAll(
  { of, reason, concurrency }: DriftSweepInput,
  progress: DriftSweepProgress,
  { deviceIds, requestedBy }: { deviceIds: readonly string[]; requestedBy: string | null },
): Promise<void> {
  const waiting = [...deviceIds];
  const inTurn = async (): Promise<void> => {
    for (let deviceId = waiting.shift(); deviceId !== undefined; deviceId = waiting.shift()) {
      const id = deviceId;
      const request = {
        snapshotId: `snp_${ulidOf(Date.now(), uuid4().replaceAll('-', ''))}`,
        deviceId: id,
        requestedBy: requestedBy ?? DRIFT_SCHEDULE_ACTOR,
        reason,
        ...('planId' in of ? { firstBaselineOf: of.planId } : {}),
      };
      try {
        await onLane(id, () => driftChecks(id, LOWEST_PRIORITY).checkDrift(request));
        progress.compared += 1;
      } catch (error) {
        // Its health is told of elsewhere.
        log.info('device not compared', { deviceId: id, code: errorBodyOf(error, 'DEVICE_TIMEOUT').code });
        progress.failed += 1;
      }
      setCurrentDetails(
        `${progress.compared} compared, ${progress.failed} not, ${waiting.length} of this page to come`,
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, deviceIds.length) }, inTurn));
}
