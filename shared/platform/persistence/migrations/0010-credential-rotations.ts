import { Migration } from '@mikro-orm/migrations';

/** Logins that Convoy makes itself, secrets of the platform's own, and which login of its device a credential is. */
export class CredentialRotations extends Migration {
  override up(): void {
    this.addSql('alter table device_credential add column generation int not null default 1');
    this.addSql(`create table credential_rotation (
      rotation_id text not null primary key,
      device_id text not null references device (device_id),
      state text not null,
      username text not null,
      previous_username text not null,
      generation int not null,
      sealed text null,
      previous_sealed text null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`);
    this.addSql('create index credential_rotation_device_index on credential_rotation (device_id)');
    this.addSql(`create table platform_secret (
      name text not null primary key,
      sealed text not null,
      created_at timestamptz not null
    )`);
  }
}
