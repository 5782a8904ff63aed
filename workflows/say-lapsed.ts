import type { PlanRun } from './plan-run.ts';

/** A further sentence of a plan that waits to begin; empty when its approvals hold for ever. */
export function sayHolds({ approvalEndsAtMs }: Pick<PlanRun, 'approvalEndsAtMs'>): string {
  if (!Number.isFinite(approvalEndsAtMs)) return '';
  return ` Its approval holds until ${new Date(approvalEndsAtMs).toISOString()}.`;
}

/** Why a plan does not begin by approvals that are too old, and what to do. */
export function sayLapsed({ approvalEndsAtMs, prepared }: Pick<PlanRun, 'approvalEndsAtMs' | 'prepared'>): string {
  const until = new Date(approvalEndsAtMs).toISOString();
  return `Its approval held until ${until} (${prepared?.approvalValidHours} h, approvalValidHours of the policy). Make the plan anew: replan.`;
}
