import { Migration } from '@mikro-orm/migrations';

/** When a device was decommissioned for good: from then on its name is free for another. */
export class RetiredDevices extends Migration {
  override up(): void {
    this.addSql('alter table device add column retired_at timestamptz null');
    this.addSql('alter table device drop constraint device_name_unique');
    this.addSql('create unique index device_name_unique on device (name) where retired_at is null');
    // Devices that are gone are found by their names too.
    this.addSql('create index device_name_index on device (name)');
  }
}
