import type { DriftCheckInput, DriftCheckResult } from '../../shared/contract/drift-messages.ts';
import type { DriftAuthor } from '../../shared/domain/drift.ts';
import { driftStateOf } from '../../shared/domain/drift.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { isBeingChanged } from '../../shared/plans/drift/follow-plans.ts';
import type { FoundDrift } from '../../shared/plans/drift/reconcile-drift.ts';
import { compareWithBaseline } from '../../shared/platform/drift/compare-with-baseline.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { authorOf, readHistory } from '../../shared/routeros/change-history.ts';
import { configurationObjects } from '../../shared/routeros/configuration-objects.ts';
import { toRouterClock } from '../../shared/routeros/local-time.ts';
import { cleanText, cleanWord } from '../../shared/routeros/untrusted-text.ts';
import { captureSnapshot } from './capture-snapshot.ts';
import type { DeviceSession } from './device-session.ts';

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
    { database, authorsOf: () => readAuthors(session) },
    { baseline, snapshot },
  );
  const nowMs = Date.now();
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

const HISTORY = '/system/history';
const CLOCK = '/system/clock';

/** Who made changes, by the router's own history. A router that does not tell is no reason to keep silent about drift. */
async function readAuthors(session: DriftDeps['session']): Promise<(found: FoundDrift) => DriftAuthor | null> {
  try {
    const router = session.router({ paths: [HISTORY, CLOCK], effect: 'read' });
    const clock = toRouterClock(await router.get(CLOCK));
    const entries = readHistory(await router.list(HISTORY, {}), clock);
    return (found) => {
      const author = authorOf(entries, found);
      if (author === null) return null;
      const { by, at, action } = author.entry;
      return { by: cleanWord(by, 100), at, action: cleanText(action, 200), match: author.match };
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return () => null;
  }
}
