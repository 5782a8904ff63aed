import { Migration } from '@mikro-orm/migrations';

/** What each device should be, what plans have changed of that since, and which objects are otherwise. */
export class Drift extends Migration {
  override up(): void {
    this.addSql(`create table device_baseline (
      device_id text not null primary key references device,
      cohort int not null,
      snapshot_id text collate "C" not null,
      as_of timestamptz not null,
      set_by text not null,
      set_at timestamptz not null,
      reason text not null,
      plan_id text collate "C" null,
      version text null,
      is_complete boolean not null,
      content bytea not null,
      objects int not null,
      revision int not null,
      checked json null
    )`);
    // It is compressed already.
    this.addSql('alter table device_baseline alter column content set storage external');
    this.addSql('create index device_baseline_cohort_index on device_baseline (cohort, device_id)');
    this.addSql(`create table baseline_move (
      device_id text not null references device,
      plan_id text collate "C" not null references plan,
      moved json not null,
      moved_at timestamptz not null,
      primary key (device_id, plan_id)
    )`);
    this.addSql(`create table drift (
      drift_id text collate "C" not null primary key,
      device_id text not null references device,
      menu text not null,
      object_key text not null,
      kind text not null,
      before json null,
      after json null,
      found_at timestamptz not null,
      seen_at timestamptz not null,
      author json null,
      acknowledgement json null,
      gone_at timestamptz null,
      gone_because text null
    )`);
    this.addSql('create index drift_device_index on drift (device_id, drift_id)');
    this.addSql('create index drift_gone_index on drift (gone_at)');
    // When the plan's last work on the device ended; plans of before are older than any baseline.
    this.addSql('alter table plan_device add column settled_at timestamptz null');
  }
}
