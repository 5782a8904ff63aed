import { patched } from '@temporalio/workflow';
import type { DeviceChangeInput, DeviceChangeResult } from '../shared/contract/device-messages.ts';
import type { Admission } from '../shared/contract/admission-messages.ts';
import { HeldBack } from './held-back.ts';
import { bodyOf } from './step-write.ts';
import { errorBodyOf, promptFleet, shortWork } from './activity-options.ts';

/**
 * Asked last before the first write to a device: the change's own ending when it may not be made now, else null. It counts
 * for single operations as well, over which a stop may have been placed, or a window closed, since the front end asked.
 * `isLean`: the row of a plan's device shows from then on that it is written, and `writes`, the indices of the steps that are.
 */
export async function heldBack(
  { deviceId, cause }: DeviceChangeInput,
  isLean = false,
  writes?: number[],
): Promise<DeviceChangeResult | null> {
  if (!isLean && !patched('admission')) return null;
  let admission: Admission;
  try {
    // A rollout waits until it can be known; whoever called an operation is told that it cannot.
    admission =
      cause.by === 'operation'
        ? await promptFleet.mayProceed({ stage: 'device', planId: null, heedsWindows: true, deviceIds: [deviceId] })
        : await shortWork().mayProceed({
            stage: 'device',
            planId: cause.planId,
            deviceIds: [deviceId],
            ...(isLean && cause.direction === 'apply' ? { begins: true as const, ...(writes ? { writes } : {}) } : {}),
            ...(cause.direction === 'undo' ? { undoAskedAt: cause.undoAskedAt ?? NEVER } : {}),
          });
  } catch (error) {
    const { code } = errorBodyOf(error, 'SERVICE_UNAVAILABLE');
    return refused(bodyOf(code, 'It could not be learned whether writing is stopped, so nothing was written.'));
  }
  return admission.answer === 'proceed' ? null : { ...refused(admission.reason), isHeld: true };
}

/**
 * For a first write that nobody took and that is put up again, up to twenty minutes later: fails with HeldBack when it may
 * not be made any more.
 */
export function askedAgain(input: DeviceChangeInput, isLean = false, writes?: number[]): () => Promise<void> {
  return async () => {
    if (!patched('admission-again')) return;
    const held = await heldBack(input, isLean, writes);
    if (held) throw new HeldBack(held);
  };
}

/** Of an undo that does not say when it was asked for: every stop counts. */
const NEVER = new Date(0).toISOString();

function refused(error: NonNullable<DeviceChangeResult['error']>): DeviceChangeResult {
  return { outcome: 'refused', changes: [], error };
}
