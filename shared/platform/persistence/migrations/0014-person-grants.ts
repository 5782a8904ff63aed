import { Migration } from '@mikro-orm/migrations';

/**
 * Roles together with their devices. What was known before held them apart, so that nobody can say which role was meant for
 * which device: everybody is nobody until their next sign-in, and no vote is counted on a guess.
 */
export class PersonGrants extends Migration {
  override up(): void {
    this.addSql("alter table person add column grants jsonb not null default '[]'");
    this.addSql('alter table person drop column roles, drop column devices');
  }
}
