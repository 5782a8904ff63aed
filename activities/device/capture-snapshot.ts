import type { SnapshotInput, SnapshotTaken } from '../../shared/contract/snapshot-messages.ts';
import { MAX_SNAPSHOT_BYTES } from '../../shared/domain/snapshot.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { SnapshotStore } from '../../shared/platform/persistence/stores/snapshot-store.ts';
import { normalExport } from '../../shared/routeros/normal-export.ts';
import type { DeviceSession } from './device-session.ts';

/** Exports the configuration, without secrets and without noise, and stores it. */
export async function captureSnapshot(
  { session, snapshots }: { session: Pick<DeviceSession, 'router'>; snapshots: Pick<SnapshotStore, 'get' | 'save'> },
  { snapshotId, deviceId, requestedBy, reason }: SnapshotInput,
): Promise<SnapshotTaken> {
  // An earlier attempt whose answer was lost.
  const stored = await snapshots.get(snapshotId);
  if (stored !== null) return { snapshotId, sha256: stored.sha256 };

  const router = session.router({ paths: ['/export'], effect: 'read' });
  const exported = await router.exportConfiguration({ format: 'terse' });
  const { text, version, failures } = normalExport(exported.text);
  if (Buffer.byteLength(text) > MAX_SNAPSHOT_BYTES) {
    throw new AppError('DEVICE_REPLY_INVALID', {
      message: `The configuration is larger than the ${MAX_SNAPSHOT_BYTES} bytes that are kept.`,
    });
  }
  const takenAt = new Date().toISOString();
  const isComplete = failures.length === 0;
  const { sha256 } = await snapshots.save({
    snapshotId,
    deviceId,
    takenAt,
    requestedBy,
    reason,
    version,
    isComplete,
    text,
  });
  return { snapshotId, sha256 };
}
