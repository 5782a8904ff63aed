import { ScheduleAlreadyRunning, type Client } from '@temporalio/client';
import { WORKFLOW_QUEUE } from '../shared/contract/task-queues.ts';
import { AUDIT_CARE_WORKFLOW } from '../shared/contract/workflow-types.ts';

export const AUDIT_SCHEDULE_ID = 'audit-care';

/** Has the audit looked after every ten minutes, at first now, by whichever worker is there. Doing it twice makes one schedule. */
export async function ensureAuditSchedule(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: AUDIT_SCHEDULE_ID,
      spec: { intervals: [{ every: '10m' }] },
      action: {
        type: 'startWorkflow',
        workflowType: AUDIT_CARE_WORKFLOW,
        workflowId: AUDIT_SCHEDULE_ID,
        taskQueue: WORKFLOW_QUEUE,
        workflowExecutionTimeout: '30m',
      },
      policies: { overlap: 'SKIP', catchupWindow: '10m' },
      state: { triggerImmediately: true, note: 'Completes open audit records and anchors the chain.' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
