import { Migration } from '@mikro-orm/migrations';

/** Which of its steps a plan wrote to a device, so that it takes back nothing else. */
export class StepsWritten extends Migration {
  override up(): void {
    this.addSql('alter table plan_device add written_steps json null');
  }
}
