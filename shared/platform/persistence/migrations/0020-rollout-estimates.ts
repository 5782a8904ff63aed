import { Migration } from '@mikro-orm/migrations';

/** When a rollout is expected to end, as it says itself while it runs. */
export class RolloutEstimates extends Migration {
  override up(): void {
    this.addSql('alter table plan add column estimated_end_at timestamptz null');
  }
}
