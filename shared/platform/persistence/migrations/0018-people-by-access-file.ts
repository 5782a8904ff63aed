import { Migration } from '@mikro-orm/migrations';

/**
 * The access file in force, and of people the claims by which it judges them: what it says of somebody holds from the moment
 * it is taken. Of whom no claims are kept yet, nothing is known until their next request or sign-in.
 */
export class PeopleByAccessFile extends Migration {
  override up(): void {
    this.addSql(`create table access_file (
      only_row boolean not null default true primary key check (only_row),
      content jsonb not null,
      digest text not null,
      since timestamptz not null
    )`);
    this.addSql('alter table person add column claims jsonb null, add column asked_claims jsonb null');
    this.addSql(`update person set claims = '{}', asked_claims = '{}'`);
  }
}
