import { workflowInfo } from '@temporalio/workflow';
import { SNAPSHOT_SCHEDULE_ACTOR, type PrunedTotals } from '../shared/contract/snapshot-messages.ts';
import type { SnapshotRetention } from '../shared/domain/snapshot.ts';
import { fleet, snapshotCleaning } from './activity-options.ts';

/** Removes snapshots that are kept no longer and records how many those were. Run by a schedule. */
export async function snapshotRetentionWorkflow(retention: SnapshotRetention): Promise<PrunedTotals> {
  const removed = await snapshotCleaning.pruneSnapshots(retention);
  if (removed.snapshots > 0 || removed.texts > 0) {
    await fleet.audit({
      key: `snapshots_pruned/${workflowInfo().runId}`,
      action: 'snapshots_pruned',
      actor: SNAPSHOT_SCHEDULE_ACTOR,
      outcome: 'ok',
      details: { ...retention, ...removed },
    });
  }
  return removed;
}
