import { Migration } from '@mikro-orm/migrations';

/** What a token for something else than the gateway said of a person last: what they may still ask for. */
export class PersonAskedAs extends Migration {
  override up(): void {
    this.addSql('alter table person add column asked_as jsonb null');
  }
}
