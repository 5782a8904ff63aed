import type { ApprovalReminders } from '../shared/contract/fleet-activities.ts';
import type { PlanEvent } from '../shared/domain/plan-event.ts';
import { fleet } from './activity-options.ts';
import type { PlanRun } from './plan-run.ts';

/** Something that is told once when a plan has waited for approval so long. */
export interface DueReminder {
  event: Extract<PlanEvent, 'plan.approval_reminder' | 'plan.approval_escalated'>;
  /** Milliseconds since the epoch. */
  atMs: number;
}

/** What is due when, the earliest first. Pure. */
export function dueReminders(given: ApprovalReminders | null, waitsSinceMs: number): DueReminder[] {
  const seconds = {
    'plan.approval_reminder': given?.remindAfterSeconds ?? null,
    'plan.approval_escalated': given?.escalateAfterSeconds ?? null,
  };
  return (Object.keys(seconds) as DueReminder['event'][])
    .flatMap((event) => {
      const after = seconds[event];
      return after === null ? [] : [{ event, atMs: waitsSinceMs + after * 1000 }];
    })
    .sort((one, other) => one.atMs - other.atMs);
}

/** Notes when people are reminded of a plan that begins to wait now, as the deployment has it at this moment. */
export async function planReminders(run: PlanRun): Promise<void> {
  const waitsSinceMs = Date.now();
  run.reminders = dueReminders(await fleet.approvalReminders({ planId: run.input.planId }), waitsSinceMs);
}

/** Tells what is due, while the plan still waits; each is told once. */
export async function remindWhenDue(run: PlanRun): Promise<void> {
  const { planId } = run.input;
  for (let [next] = run.reminders; next !== undefined && next.atMs <= Date.now(); [next] = run.reminders) {
    run.reminders = run.reminders.slice(1);
    if (run.status !== 'awaiting_approval') return;
    await fleet.announcePlan({ planId, event: next.event, key: run.nextEventKey() });
  }
}
