import type { Baseline, Drift, DriftAuthor } from '../../domain/drift.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { AppError } from '../../errors/app-error.ts';
import { hasSameValues } from '../../plans/drift/baseline-draft.ts';
import { followPlans, isBeingChanged } from '../../plans/drift/follow-plans.ts';
import {
  comparable,
  reconcileDrift,
  type DriftNews,
  type FoundDrift,
  type KnownDrift,
} from '../../plans/drift/reconcile-drift.ts';
import {
  compareConfigurations,
  configurationObjects,
  type ConfigurationMenu,
} from '../../routeros/configuration-objects.ts';
import type { Database } from '../persistence/database.ts';
import type { PlanOnDevice } from '../persistence/stores/baseline-store.ts';
import { currentMs } from '../process/platform-clock.ts';

export interface CompareDeps {
  database: Pick<Database, 'baselines' | 'drift' | 'snapshots'>;
  /** Finds out who made the changes that are told of, given all of them. Default: that stays unknown. */
  authorsOf?: (of: readonly FoundDrift[]) => Promise<(found: FoundDrift) => DriftAuthor | null>;
}

/**
 * Compares a device as a snapshot shows it with its baseline, keeps what differs, and has endpoints told of what is new.
 * First the baseline follows what plans did to the device. Fails with DEVICE_BUSY when a plan changes the device, or did
 * after the snapshot was taken: what such a snapshot shows means nothing.
 */
export async function compareWithBaseline(
  { database, authorsOf }: CompareDeps,
  { baseline, snapshot }: { baseline: Baseline; snapshot: Snapshot },
): Promise<DriftNews> {
  const { deviceId } = baseline;
  const plans = await database.baselines.plansSince(deviceId);
  demandRest(deviceId, plans, snapshot.takenAt);
  const known = await database.drift.known(deviceId);
  const { snapshotId, sha256, version, isComplete } = snapshot;
  const at = new Date(currentMs());
  const check = { at: at.toISOString(), snapshotId, sha256, version, isComplete };
  if (isUnchanged(baseline, snapshot, plans) && !known.some((one) => hasLapsed(one, at))) {
    const isKept = await database.drift.confirmCheck({ deviceId, check: { ...check, revision: baseline.revision } });
    if (isKept) return { found: [], changed: [], lapsed: [], stays: known.map(({ driftId }) => driftId), gone: [] };
  }

  const kept = await database.baselines.content(deviceId);
  const live = configurationObjects(await database.snapshots.text(sha256));
  const followed = followPlans({ menus: kept.menus, asOf: baseline.asOf }, live, plans);
  const { isComplete: isBaselineComplete } = kept;
  const sides = comparable({ menus: followed.menus, isComplete: isBaselineComplete }, { menus: live, isComplete });
  const differences = compareConfigurations(sides.baseline, sides.live);
  const expected = reconcileDrift(known, differences, at.getTime());
  const unexplained = [...expected.found, ...expected.changed.map(({ now }) => now)];
  const authorOf = unexplained.length === 0 ? undefined : await authorsOf?.(unexplained);
  const news = await database.drift.saveCheck({
    deviceId,
    revision: kept.revision,
    check,
    menus: canonicalJson(followed.menus) === canonicalJson(kept.menus) ? null : followed.menus,
    moved: followed.moved,
    takenBack: followed.takenBack,
    differences,
    authorOf: authorOf ?? (() => null),
    isStillThere: (one) => isIn(live, one),
  });
  if (news !== null) return news;
  throw new AppError('DEVICE_BUSY', { message: 'Somebody set the baseline of the device anew meanwhile.' });
}

function demandRest(deviceId: string, plans: readonly PlanOnDevice[], takenAt: string): void {
  const isLater = plans.some(({ settledAt }) => settledAt !== null && settledAt > takenAt);
  if (!isBeingChanged(plans) && !isLater) return;
  throw new AppError('DEVICE_BUSY', {
    message: 'A plan is being carried out on the device, or was while it was read.',
    details: { deviceId },
  });
}

/** The same text as last time, and nothing else that could lead to another answer. */
function isUnchanged({ check, revision }: Baseline, { sha256 }: Snapshot, plans: readonly PlanOnDevice[]): boolean {
  if (check === null || check.sha256 !== sha256 || check.revision !== revision) return false;
  return plans.every(({ settledAt }) => settledAt !== null && settledAt < check.at);
}

function hasLapsed({ acknowledgement }: Pick<Drift, 'acknowledgement'>, now: Date): boolean {
  return acknowledgement !== null && Date.parse(acknowledgement.until) <= now.getTime();
}

function isIn(live: readonly ConfigurationMenu[], { menu, objectKey, after }: KnownDrift): boolean {
  const rows = live.find((one) => one.menu === menu)?.rows ?? [];
  if (after === null) return !rows.some(({ key }) => key === objectKey);
  return rows.some(({ values }) => hasSameValues(values, after));
}
