import { Migration } from '@mikro-orm/migrations';

/** Where a device is reached over SSH, and the host key it is trusted by; devices from before are not. */
export class DeviceSsh extends Migration {
  override up(): void {
    this.addSql('alter table device add column ssh_port int null, add column ssh_host_key text null');
  }
}
