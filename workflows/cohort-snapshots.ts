import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { continueAsNew, executeChild, setCurrentDetails, sleep, uuid4, workflowInfo } from '@temporalio/workflow';
import {
  SNAPSHOT_SCHEDULE_ACTOR,
  type CohortSnapshotsInput,
  type CohortSnapshotsProgress,
  type CohortSnapshotsResult,
  type LeftOut,
} from '../shared/contract/snapshot-messages.ts';
import { snapshotWorkflowId } from '../shared/contract/workflow-ids.ts';
import { ulidOf } from '../shared/domain/ids.ts';
import { ERROR_CODES, type ErrorCode } from '../shared/errors/codes.ts';
import { errorBodyOf, snapshotRecords } from './activity-options.ts';
import { snapshotWorkflow } from './snapshot.ts';

/**
 * Takes a snapshot of every device of a cohort, a few at a time, each through its device's lane. Devices that are away or
 * being changed are tried again later; of those that could not be saved in the end people are told. Run by a schedule.
 */
export async function cohortSnapshotsWorkflow(input: CohortSnapshotsInput): Promise<CohortSnapshotsResult> {
  const { cohort, retryAfterSeconds } = input;
  const progress = input.progress ?? {
    startedAt: workflowInfo().startTime.toISOString(),
    after: '',
    retries: 0,
    taken: 0,
    left: [],
  };
  while (progress.after !== null) {
    const after = progress.after === '' ? null : progress.after;
    const { devices, last } = await snapshotRecords.snapshotTargets({ cohort, after });
    await takeAll(input, progress, devices);
    progress.after = last;
    await goOnAsNew(input, progress);
  }
  while (progress.retries < retryAfterSeconds.length && progress.left.some(isToBeTriedAgain)) {
    await sleep(`${retryAfterSeconds[progress.retries]!}s`);
    progress.retries += 1;
    const again = progress.left.filter(isToBeTriedAgain);
    progress.left = progress.left.filter((device) => !isToBeTriedAgain(device));
    await takeAll(input, progress, again);
    await goOnAsNew(input, progress);
  }
  const { startedAt, taken, left } = progress;
  for (const { deviceId, code } of left) await snapshotRecords.tellSnapshotFailed({ startedAt, deviceId, code });
  return { taken, failed: left.length };
}

/** Devices that were not saved are in `progress.left` then. */
async function takeAll(
  input: CohortSnapshotsInput,
  progress: CohortSnapshotsProgress,
  devices: readonly { deviceId: string; name: string }[],
): Promise<void> {
  if (devices.length === 0) return;
  const isLastTry = progress.retries >= input.retryAfterSeconds.length;
  const busy = new Set(isLastTry ? [] : await snapshotRecords.devicesInChange());
  const waiting = [...devices];
  const inTurn = async (): Promise<void> => {
    for (let device = waiting.shift(); device !== undefined; device = waiting.shift()) {
      const { deviceId, name } = device;
      const code = busy.has(deviceId) ? 'DEVICE_BUSY' : await takeOne(input, device, isLastTry);
      if (code === null) progress.taken += 1;
      else if (!GONE.has(code)) progress.left.push({ deviceId, name, code });
      setCurrentDetails(`${progress.taken} saved, ${progress.left.length} not, ${waiting.length} to come`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(input.concurrency, devices.length) }, inTurn));
}

/** Why it could not be taken; null when it was. */
async function takeOne(
  { reason }: CohortSnapshotsInput,
  { deviceId, name }: { deviceId: string; name: string },
  isLastTry: boolean,
): Promise<ErrorCode | null> {
  try {
    await executeChild(snapshotWorkflow, {
      workflowId: snapshotWorkflowId(deviceId),
      workflowExecutionTimeout: DEVICE_TIME,
      staticSummary: name,
      args: [
        {
          snapshotId: `snp_${ulidOf(Date.now(), uuid4().replaceAll('-', ''))}`,
          deviceId,
          deviceName: name,
          requestedBy: SNAPSHOT_SCHEDULE_ACTOR,
          reason,
          isScheduled: true,
          ...(isLastTry ? {} : { isTriedAgain: true }),
        },
      ],
    });
    return null;
  } catch (error) {
    // Somebody has one taken right now.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    return errorBodyOf(error, 'DEVICE_TIMEOUT').code;
  }
}

/** No export takes so long; a device whose lane nobody serves is not waited for. */
const DEVICE_TIME = '10m';

/** They left the fleet meanwhile. */
const GONE: ReadonlySet<ErrorCode> = new Set(['DEVICE_NOT_FOUND', 'DEVICE_DECOMMISSIONED']);

function isToBeTriedAgain({ code }: LeftOut): boolean {
  return ERROR_CODES[code].retryable;
}

async function goOnAsNew(input: CohortSnapshotsInput, progress: CohortSnapshotsProgress): Promise<void> {
  if (!workflowInfo().continueAsNewSuggested) return;
  await continueAsNew<typeof cohortSnapshotsWorkflow>({ ...input, progress });
}
