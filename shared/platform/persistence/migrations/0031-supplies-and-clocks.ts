import { Migration } from '@mikro-orm/migrations';

/** Two things that health and `convoy doctor` tell: failed power supplies of devices, and clocks of processes that are off. */
export class SuppliesAndClocks extends Migration {
  override up(): void {
    this.addSql('alter table metric_device_raw add column failed_supplies real null');
    for (const resolution of ['hour', 'day']) {
      const folded = ['min', 'avg', 'max', 'last'].map((fold) => `add column failed_supplies_${fold} real null`);
      this.addSql(`alter table metric_device_${resolution} ${folded.join(', ')}`);
    }
    this.addSql(`create table process_clock (
      process text not null primary key,
      offset_ms double precision not null,
      looked_at timestamptz not null
    )`);
  }
}
