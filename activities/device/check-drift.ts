import type { DriftCheckInput, DriftCheckResult } from '../../shared/contract/drift-messages.ts';
import { driftStateOf } from '../../shared/domain/drift.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { isBeingChanged } from '../../shared/plans/drift/follow-plans.ts';
import { compareWithBaseline } from '../../shared/platform/drift/compare-with-baseline.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { configurationObjects } from '../../shared/routeros/configuration-objects.ts';
import { captureSnapshot } from './capture-snapshot.ts';
import { AUTHOR_MENUS, readAuthors } from './change-authors.ts';
import type { DeviceSession } from './device-session.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

interface DriftDeps {
  session: Pick<DeviceSession, 'router'>;
  database: Pick<Database, 'baselines' | 'drift' | 'snapshots'>;
}

/** Exports the configuration and compares it with the baseline; see `DriftChecks`. */
export async function checkDrift(
  { session, database }: DriftDeps,
  { deviceId, snapshotId, requestedBy, reason, firstBaselineOf }: DriftCheckInput,
): Promise<DriftCheckResult> {
  const baseline = await database.baselines.get(deviceId);
  if (baseline === null && firstBaselineOf === undefined) {
    throw new AppError('BASELINE_NOT_FOUND', { details: { deviceId } });
  }
  // Looked at before too: an export of a device in the middle of a change is of no use.
  if (baseline !== null && isBeingChanged(await database.baselines.plansSince(deviceId))) {
    throw new AppError('DEVICE_BUSY', { message: 'A plan is being carried out on the device.' });
  }
  await captureSnapshot({ session, snapshots: database.snapshots }, { snapshotId, deviceId, requestedBy, reason });
  const snapshot = await database.snapshots.get(snapshotId);
  if (snapshot === null) throw new AppError('SNAPSHOT_NOT_FOUND', { details: { snapshotId } });
  if (baseline === null) {
    await setFirst(database, snapshot, firstBaselineOf ?? null);
    return { outcome: 'set', snapshotId, news: 0, gone: 0, open: 0 };
  }
  const { found, changed, lapsed, gone } = await compareWithBaseline(
    { database, authorsOf: (of) => readAuthors(() => session.router({ paths: AUTHOR_MENUS, effect: 'read' }), of) },
    { baseline, snapshot },
  );
  const nowMs = currentMs();
  const open = (await database.drift.known(deviceId)).filter((one) => driftStateOf(one, nowMs) === 'open').length;
  return {
    outcome: 'compared',
    snapshotId,
    news: found.length + changed.length + lapsed.length,
    gone: gone.length,
    open,
  };
}

/** What the device is once a plan has changed it was looked at by whoever approved that: it is a baseline to begin with. */
async function setFirst(database: DriftDeps['database'], snapshot: Snapshot, planId: string | null): Promise<void> {
  const { deviceId, snapshotId, takenAt, requestedBy, version, isComplete, sha256 } = snapshot;
  await database.baselines.set({
    deviceId,
    snapshotId,
    asOf: takenAt,
    setBy: requestedBy,
    reason: planId === null ? '' : `after plan ${planId}`,
    planId,
    version,
    isComplete,
    menus: configurationObjects(await database.snapshots.text(sha256)),
    isFirst: true,
  });
}
