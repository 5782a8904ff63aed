import { boundedFleet } from './activity-options.ts';

/** Looks after the audit: completes what dead processes left open, and notes where its chain ends. Run by a schedule. */
export async function auditCareWorkflow(): Promise<void> {
  await boundedFleet.settleOpenActions();
  await boundedFleet.anchorAudit();
}
