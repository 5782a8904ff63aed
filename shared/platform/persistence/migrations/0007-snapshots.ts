import { Migration } from '@mikro-orm/migrations';

/** Configurations as they were; equal texts are kept once. */
export class Snapshots extends Migration {
  override up(): void {
    this.addSql(`create table snapshot_text (
      sha256 text not null primary key,
      gzip bytea not null,
      bytes int not null,
      lines int not null
    )`);
    // It is compressed already.
    this.addSql('alter table snapshot_text alter column gzip set storage external');
    this.addSql(`create table snapshot (
      snapshot_id text collate "C" not null primary key,
      device_id text not null references device,
      sha256 text not null references snapshot_text,
      taken_at timestamptz not null,
      requested_by text not null,
      reason text not null,
      version text null,
      is_complete boolean not null
    )`);
    this.addSql('create index snapshot_device_index on snapshot (device_id, snapshot_id)');
    this.addSql('create index snapshot_sha256_index on snapshot (sha256)');
  }
}
