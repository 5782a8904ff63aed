import { Migration } from '@mikro-orm/migrations';

/** What happened in the fleet; what of it, and of plans, endpoints are yet to be told together. */
export class FleetEvents extends Migration {
  override up(): void {
    this.addSql(`create table fleet_event (
      event_id text collate "C" not null primary key,
      key text not null constraint fleet_event_key_unique unique,
      type text not null,
      at timestamptz not null,
      device_id text null,
      device_name text null,
      environment text null,
      tags text[] not null,
      details json not null,
      routed_at timestamptz null
    )`);
    this.addSql('create index fleet_event_unrouted_index on fleet_event (event_id) where routed_at is null');
    this.addSql(`create table webhook_notice (
      endpoint text collate "C" not null,
      key text collate "C" not null,
      type text not null,
      group_key text collate "C" not null,
      at timestamptz not null,
      due_at timestamptz not null,
      content json not null,
      told_in text collate "C" null references webhook_event,
      primary key (endpoint, key)
    )`);
    this.addSql(
      'create index webhook_notice_untold_index on webhook_notice (endpoint, group_key) where told_in is null',
    );
    this.addSql('create index webhook_notice_told_in_index on webhook_notice (told_in)');
    // Whether its workflow was begun; what is there already was begun by the activity that added it.
    this.addSql('alter table webhook_delivery add column is_started boolean not null default true');
    this.addSql('create index webhook_delivery_unstarted_index on webhook_delivery (event_id) where not is_started');
  }
}
