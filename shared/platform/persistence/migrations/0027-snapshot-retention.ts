import { Migration } from '@mikro-orm/migrations';

/** Whether a plan names a snapshot is asked of every one that has become old. */
export class SnapshotRetention extends Migration {
  override up(): void {
    this.addSql('create index plan_device_snapshot_index on plan_device (snapshot_id) where snapshot_id is not null');
  }
}
