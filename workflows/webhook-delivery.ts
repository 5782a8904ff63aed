import { proxyActivities } from '@temporalio/workflow';
import { WEBHOOK_QUEUE } from '../shared/contract/task-queues.ts';
import type { WebhookActivities, WebhookDelivery } from '../shared/contract/webhook-messages.ts';
import { errorBodyOf } from './activity-options.ts';

/** Tried at once, after 1, 5, 21 and 85 seconds, and at growing distances for about a day. */
const delivery = proxyActivities<Pick<WebhookActivities, 'deliverWebhook'>>({
  taskQueue: WEBHOOK_QUEUE,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 4, maximumInterval: '6h', maximumAttempts: 12 },
});

const records = proxyActivities<Pick<WebhookActivities, 'giveUpWebhook'>>({
  taskQueue: WEBHOOK_QUEUE,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Tells one endpoint of one event; what it does not take in a day is left for people to look at. */
export async function webhookDeliveryWorkflow({ eventId, endpoint }: WebhookDelivery): Promise<'delivered' | 'failed'> {
  try {
    await delivery.deliverWebhook({ eventId, endpoint });
    return 'delivered';
  } catch (failure) {
    await records.giveUpWebhook({ eventId, endpoint, error: errorBodyOf(failure, 'TIMEOUT') });
    return 'failed';
  }
}
