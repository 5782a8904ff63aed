import { setCurrentDetails } from '@temporalio/workflow';
import type { SnapshotInput, SnapshotTaken } from '../shared/contract/snapshot-messages.ts';
import { errorBodyOf, failureOf, fleet, onLane, promptReads, quietExports } from './activity-options.ts';

/**
 * Takes one snapshot of a device's configuration and records that it was taken. The text goes from the lane into the
 * database and is never part of a history.
 */
export async function snapshotWorkflow(input: SnapshotInput): Promise<SnapshotTaken> {
  const { snapshotId, deviceId, deviceName, requestedBy, isScheduled = false, isTriedAgain = false } = input;
  const record = { key: `snapshot/${snapshotId}`, action: 'snapshot_taken', actor: requestedBy, deviceId };
  const exports = isScheduled ? quietExports : promptReads;
  try {
    const taken = await onLane(deviceId, () => exports(deviceId).captureSnapshot(input));
    await fleet.audit({ ...record, outcome: 'ok', details: { ...taken } });
    setCurrentDetails(`**${deviceName}**: ${taken.snapshotId}, SHA-256 ${taken.sha256}`);
    return taken;
  } catch (error) {
    const { code, message, ...rest } = errorBodyOf(error, 'DEVICE_TIMEOUT');
    if (!(isTriedAgain && rest.retryable)) {
      await fleet.audit({ ...record, outcome: 'failed', code, message, details: { snapshotId } });
    }
    throw failureOf({ code, message, ...rest });
  }
}
