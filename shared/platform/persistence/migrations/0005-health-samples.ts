import { Migration } from '@mikro-orm/migrations';

/** What devices said of their health, and of each device its newest sample and how many are kept. */
export class HealthSamples extends Migration {
  override up(): void {
    this.addSql(`create table health_sample (
      device_id text not null references device,
      at timestamptz not null,
      status text not null,
      reasons jsonb not null,
      cpu_load_percent double precision null,
      memory_used_percent double precision null,
      disk_used_percent double precision null,
      temperature_celsius double precision null,
      uptime_seconds double precision null,
      primary key (device_id, at)
    )`);
    this.addSql(`create table device_health (
      device_id text not null primary key references device,
      at timestamptz not null,
      status text not null,
      samples int not null
    )`);
  }
}
