import { Migration } from '@mikro-orm/migrations';

/** Where nothing new may be written, who said so, and who took it back. Of no environment and no device: the whole fleet. */
export class EmergencyStops extends Migration {
  override up(): void {
    this.addSql(`create table emergency_stop (
      stop_id text collate "C" not null primary key,
      environment text null,
      device_id text null references device,
      reason text not null,
      placed_by text not null,
      placed_by_name text not null,
      placed_at timestamptz not null,
      lifted_at timestamptz null,
      lifted_by text null,
      lifted_by_name text null,
      lift_reason text null
    )`);
  }
}
