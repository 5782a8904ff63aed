import { Migration } from '@mikro-orm/migrations';

/** People and tokens that are refused whatever the identity provider says of them. */
export class Revocations extends Migration {
  override up(): void {
    this.addSql(`create table revocation (
      kind text not null,
      subject text not null,
      comment text not null,
      revoked_by text not null,
      revoked_at timestamptz not null,
      primary key (kind, subject)
    )`);
  }
}
