import { Migration } from '@mikro-orm/migrations';

/** What is told to the endpoints of a deployment, and how far each was told; of plans, whether votes must say why. */
export class Webhooks extends Migration {
  override up(): void {
    this.addSql(`create table webhook_event (
      event_id text collate "C" not null primary key,
      key text not null constraint webhook_event_key_unique unique,
      type text not null,
      plan_id text collate "C" null references plan,
      environment text null,
      body text not null,
      occurred_at timestamptz not null
    )`);
    this.addSql('create index webhook_event_plan_id_index on webhook_event (plan_id)');
    this.addSql(`create table webhook_delivery (
      event_id text collate "C" not null references webhook_event,
      endpoint text not null,
      state text not null,
      attempts int not null default 0,
      last_status int null,
      last_error text null,
      changed_at timestamptz not null,
      primary key (event_id, endpoint)
    )`);
    this.addSql('create index webhook_delivery_state_index on webhook_delivery (state, event_id)');
    this.addSql('alter table plan add column approval_comment_required boolean null');
  }
}
