import { Migration } from '@mikro-orm/migrations';

/** For how long approvals of a plan hold, and until when those that it has do. */
export class ApprovalValidity extends Migration {
  override up(): void {
    this.addSql('alter table plan add column approval_valid_hours double precision null');
    this.addSql('alter table plan add column approval_valid_until timestamptz null');
  }
}
