import { Migration } from '@mikro-orm/migrations';

/** How each device is, as its checks tell, and when that changed. */
export class DeviceStatuses extends Migration {
  override up(): void {
    this.addSql(`create table device_status (
      device_id text not null primary key references device,
      status text not null,
      since timestamptz not null,
      checked_at timestamptz null,
      last_seen_at timestamptz null,
      valid_until timestamptz null,
      reasons jsonb not null,
      is_flapping boolean not null,
      track jsonb null,
      watched_until timestamptz null,
      checking_by text null,
      checking_until timestamptz null
    )`);
    this.addSql(`create table device_status_change (
      device_id text not null references device,
      at timestamptz not null,
      before text not null,
      after text not null,
      reasons jsonb not null,
      is_flapping boolean not null,
      primary key (device_id, at)
    )`);
  }
}
