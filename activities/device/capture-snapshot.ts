import type { PlanSnapshotInput, SnapshotInput, SnapshotTaken } from '../../shared/contract/snapshot-messages.ts';
import { MAX_SNAPSHOT_BYTES } from '../../shared/domain/snapshot.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { SnapshotStore } from '../../shared/platform/persistence/stores/snapshot-store.ts';
import { normalExport } from '../../shared/routeros/normal-export.ts';
import type { DeviceSession } from './device-session.ts';

interface CaptureDeps<Methods extends keyof SnapshotStore> {
  session: Pick<DeviceSession, 'router'>;
  snapshots: Pick<SnapshotStore, Methods>;
}

/**
 * What the device was before a plan's first write to it. An earlier one is kept while something of the plan may be on the
 * device: only that one shows it as it was.
 */
export async function capturePlanSnapshot(
  deps: CaptureDeps<'get' | 'save' | 'ofPlan'>,
  { planId, deviceId, snapshotId, isUntouched }: PlanSnapshotInput,
): Promise<SnapshotTaken> {
  const plan = await deps.snapshots.ofPlan(planId, deviceId);
  if (plan === null) throw new AppError('PLAN_NOT_FOUND', { details: { planId, deviceId } });
  const { kind, requestedBy, snapshot } = plan;
  if (snapshot !== null && !isUntouched) return { snapshotId: snapshot.snapshotId, sha256: snapshot.sha256 };
  const reason = `before plan ${planId} (${kind})`;
  return captureSnapshot(deps, { snapshotId, deviceId, requestedBy, reason, planId });
}

/** Exports the configuration, without secrets and without noise, and stores it. */
export async function captureSnapshot(
  { session, snapshots }: CaptureDeps<'get' | 'save'>,
  { snapshotId, deviceId, requestedBy, reason, planId }: Omit<SnapshotInput, 'deviceName'> & { planId?: string },
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
    ...(planId === undefined ? {} : { planId }),
  });
  return { snapshotId, sha256 };
}
