import { patched, workflowInfo } from '@temporalio/workflow';
import type { SnapshotTaken } from '../shared/contract/snapshot-messages.ts';
import { ulidOf } from '../shared/domain/ids.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { deviceExports, errorBodyOf, onLane } from './activity-options.ts';
import { bodyOf } from './step-write.ts';

/**
 * Saves the device's configuration before a plan first writes to it, or says why it cannot be saved; without it nothing is
 * written. `isUntouched`: nothing of the plan is on the device yet.
 */
export async function saveBeforePlan(
  request: { planId: string; deviceId: string },
  isUntouched: boolean,
): Promise<SnapshotTaken | { error: ErrorBody }> {
  const { deviceId } = request;
  const snapshotId = ownSnapshotId();
  try {
    return await onLane(deviceId, () =>
      deviceExports(deviceId).capturePlanSnapshot({ ...request, snapshotId, isUntouched }),
    );
  } catch (failure) {
    const error = errorBodyOf(failure, 'DEVICE_TIMEOUT');
    return { error: PASSING.has(error.code) ? error : failed(error) };
  }
}

/** What has the configuration saved while its steps are looked at; versions without it saved it afterwards. */
export function savingAtOnce(planId: string): { savingFor?: { planId: string; snapshotId: string } } {
  return patched('saves-while-looking') ? { savingFor: { planId, snapshotId: ownSnapshotId() } } : {};
}

/** Of this run, so that an attempt whose answer was lost is found again. */
function ownSnapshotId(): string {
  const { runId, startTime } = workflowInfo();
  return `snp_${ulidOf(startTime.getTime(), runId.replaceAll('-', ''))}`;
}

/** About the device as a whole, not about its export: whoever waits for such a device waits for it here too. */
const PASSING: ReadonlySet<ErrorBody['code']> = new Set(['DEVICE_UNREACHABLE', 'DEVICE_COOLING_DOWN']);

function failed({ code, message, hint, details }: ErrorBody): ErrorBody {
  return {
    ...bodyOf(
      'SNAPSHOT_FAILED',
      `The configuration could not be saved before the change: ${message} Nothing was written.`,
    ),
    hint: `${hint ?? HINT} Then propose the plan again, or have its failed devices tried once more.`,
    details: { ...details, cause: code },
  };
}

const HINT = 'get_config_export on the device fails in the same way; make it work.';
