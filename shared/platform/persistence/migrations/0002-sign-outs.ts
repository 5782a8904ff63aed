import { Migration } from '@mikro-orm/migrations';

/** When a person signed out last: sessions begun before are refused. */
export class SignOuts extends Migration {
  override up(): void {
    this.addSql('alter table person add column signed_out_at timestamptz null');
  }
}
