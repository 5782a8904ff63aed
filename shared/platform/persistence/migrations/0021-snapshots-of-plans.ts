import { Migration } from '@mikro-orm/migrations';

/** Which snapshot was taken of a device before a plan first wrote to it, and until when a plan can be taken back. */
export class SnapshotsOfPlans extends Migration {
  override up(): void {
    this.addSql('alter table plan_device add snapshot_id text collate "C" null');
    this.addSql('alter table plan add rollback_until timestamptz null');
  }
}
