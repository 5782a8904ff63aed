import { Migration } from '@mikro-orm/migrations';

/** Sessions of people's browsers at the approval gateway; a sign-out is the end of their rows. */
export class GatewaySessions extends Migration {
  override up(): void {
    this.addSql(`create table gateway_session (
      session_hash text not null primary key,
      sub text not null,
      started_at timestamptz not null,
      used_at timestamptz not null
    )`);
    this.addSql('create index gateway_session_sub_index on gateway_session (sub, started_at)');
  }
}
