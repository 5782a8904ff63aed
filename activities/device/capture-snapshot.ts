import type { PlanSnapshotInput, SnapshotInput, SnapshotTaken } from '../../shared/contract/snapshot-messages.ts';
import type { StepState } from '../../shared/contract/device-messages.ts';
import { MAX_SNAPSHOT_BYTES } from '../../shared/domain/snapshot.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { SnapshotStore } from '../../shared/platform/persistence/stores/snapshot-store.ts';
import { normalExport } from '../../shared/routeros/normal-export.ts';
import type { DeviceSession } from './device-session.ts';
import { currentIso } from '../../shared/platform/process/platform-clock.ts';

interface CaptureDeps<Methods extends keyof SnapshotStore> {
  session: Pick<DeviceSession, 'router'>;
  snapshots: Pick<SnapshotStore, Methods>;
}

/** So long may an export take beside something else, milliseconds; one that takes longer gets the time of its own. */
const AT_ONCE_MS = 30_000;

/**
 * The same right after its steps were looked at, where something of them is to be written; null when nothing is, or when it
 * did not succeed: why, the caller finds out by asking for it alone.
 */
export async function capturePlanSnapshotAtOnce(
  deps: CaptureDeps<'get' | 'save' | 'ofPlan'>,
  request: Omit<PlanSnapshotInput, 'isUntouched'>,
  states: readonly StepState[],
): Promise<SnapshotTaken | null> {
  const count = (is: StepState['is']): number => states.filter((state) => state.is === is).length;
  if (count('foreign') > 0 || count('before') === 0) return null;
  const isUntouched = count('before') === states.length;
  try {
    return await capturePlanSnapshot(deps, { ...request, isUntouched }, AbortSignal.timeout(AT_ONCE_MS));
  } catch {
    return null;
  }
}

/**
 * What the device was before a plan's first write to it. An earlier one is kept while something of the plan may be on the
 * device: only that one shows it as it was.
 */
export async function capturePlanSnapshot(
  deps: CaptureDeps<'get' | 'save' | 'ofPlan'>,
  { planId, deviceId, snapshotId, isUntouched }: PlanSnapshotInput,
  signal?: AbortSignal,
): Promise<SnapshotTaken> {
  const plan = await deps.snapshots.ofPlan(planId, deviceId);
  if (plan === null) throw new AppError('PLAN_NOT_FOUND', { details: { planId, deviceId } });
  const { kind, requestedBy, snapshot } = plan;
  if (snapshot !== null && !isUntouched) return { snapshotId: snapshot.snapshotId, sha256: snapshot.sha256 };
  const reason = `before plan ${planId} (${kind})`;
  return captureSnapshot(deps, { snapshotId, deviceId, requestedBy, reason, planId }, signal);
}

/** Exports the configuration, without secrets and without noise, and stores it. */
export async function captureSnapshot(
  { session, snapshots }: CaptureDeps<'get' | 'save'>,
  { snapshotId, deviceId, requestedBy, reason, planId }: Omit<SnapshotInput, 'deviceName'> & { planId?: string },
  signal?: AbortSignal,
): Promise<SnapshotTaken> {
  // An earlier attempt whose answer was lost.
  const stored = await snapshots.get(snapshotId);
  if (stored !== null) return { snapshotId, sha256: stored.sha256 };

  const router = session.router({ paths: ['/export'], effect: 'read', signal });
  const exported = await router.exportConfiguration({ format: 'terse' });
  const { text, version, failures } = normalExport(exported.text);
  if (Buffer.byteLength(text) > MAX_SNAPSHOT_BYTES) {
    throw new AppError('DEVICE_REPLY_INVALID', {
      message: `The configuration is larger than the ${MAX_SNAPSHOT_BYTES} bytes that are kept.`,
    });
  }
  const takenAt = currentIso();
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
