import { Migration } from '@mikro-orm/migrations';

/** What is remembered of a device's failures, so that the next owner of its lane goes on from there. */
export class DeviceBreaker extends Migration {
  override up(): void {
    this.addSql('alter table device add column breaker jsonb null');
  }
}
