import { Migration } from '@mikro-orm/migrations';

/** Calls whose result outlives their connection: long ones, tasks, and those with an idempotency key. */
export class Calls extends Migration {
  override up(): void {
    this.addSql(`create table call (
      call_id text not null primary key,
      sub text not null,
      action text not null,
      read_only boolean not null,
      arguments_digest text not null,
      idempotency_key text null,
      follows_plan boolean not null,
      plan_id text null,
      device_id text null,
      correlation_id text not null,
      status text not null,
      cancel_asked boolean not null,
      progress json null,
      answer json null,
      error json null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      heartbeat_at timestamptz not null,
      expires_at timestamptz not null,
      constraint call_key_unique unique (sub, idempotency_key)
    )`);
    this.addSql('create index call_expires_at_index on call (expires_at)');
  }
}
