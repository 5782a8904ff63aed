import { proxyActivities } from '@temporalio/workflow';
import type { NoticeActivities } from '../shared/contract/notice-messages.ts';
import { FLEET_QUEUE } from '../shared/contract/task-queues.ts';

/** The next run does what this one did not come to. */
const notices = proxyActivities<NoticeActivities>({
  taskQueue: FLEET_QUEUE,
  startToCloseTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 6 },
});

/** Has endpoints told of what happened in the fleet, as far as it is due. Run by a schedule. */
export async function notificationsWorkflow(): Promise<void> {
  await notices.tellNotices();
}
