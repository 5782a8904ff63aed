import { Migration } from '@mikro-orm/migrations';

/** A sign-out is the end of the rows of somebody's sessions. */
export class SessionsKnowSignOuts extends Migration {
  override up(): void {
    this.addSql('alter table person drop column signed_out_at');
  }
}
