import { Migration } from '@mikro-orm/migrations';

/** What was looked at before a plan may be decided on; which plan follows which; who holds devices and who waits for them. */
export class PlansThatMeet extends Migration {
  override up(): void {
    this.addSql('alter table plan add column pre_checks json null');
    this.addSql('alter table plan add column replaces text collate "C" null');
    this.addSql('alter table plan add column replaced_by text collate "C" null');
    this.addSql('alter table plan add column claimed_at timestamptz null');
    this.addSql('alter table plan add column waits_since timestamptz null');
  }
}
