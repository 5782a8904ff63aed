import { Migration } from '@mikro-orm/migrations';

/** What quotas have been used, and what the web processes of a deployment share. */
export class Budgets extends Migration {
  override up(): void {
    this.addSql(`create table quota_use (
      sub text not null,
      day date not null,
      what text not null,
      used int not null,
      primary key (sub, day, what)
    )`);
    this.addSql(`create table quota_device (
      sub text not null,
      day date not null,
      device_id text not null,
      primary key (sub, day, device_id)
    )`);
    this.addSql(`create table quota_plan (
      plan_id text not null primary key,
      sub text not null,
      taken_at timestamptz not null
    )`);
    this.addSql('create index quota_plan_sub_index on quota_plan (sub)');
    this.addSql(`create table web_process (
      process_id text not null primary key,
      heartbeat_at timestamptz not null
    )`);
    this.addSql(`create table stream_lease (
      lease_id text not null primary key,
      sub text not null,
      process_id text not null
    )`);
    this.addSql('create index stream_lease_sub_index on stream_lease (sub)');
  }
}
