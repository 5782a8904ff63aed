import { ApplicationFailure } from '@temporalio/common';
import type { WebhookActivities } from '../../shared/contract/webhook-messages.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { inTemplate } from '../../shared/platform/webhooks/chat-templates.ts';
import { postWebhook } from '../../shared/platform/webhooks/post-webhook.ts';
import type { WebhookSource } from '../../shared/platform/webhooks/webhook-file.ts';

interface Deps {
  webhooks: Database['webhooks'];
  source: WebhookSource;
  metrics: Pick<Metrics, 'webhookAttempts'>;
}

/** An endpoint that asks for more time than this is asked sooner. */
const LONGEST_WAIT_SECONDS = 3_600;

/** Posts events to the endpoints of the deployment, as they are configured at that moment. */
export function createWebhookActivities({ webhooks, source, metrics }: Deps): WebhookActivities {
  return {
    async deliverWebhook({ eventId, endpoint: name }) {
      const delivery = await webhooks.get(eventId, name);
      if (delivery === null) throw new AppError('NOT_FOUND', { message: `There is no event ${eventId} for ${name}.` });
      if (delivery.state === 'delivered') return;
      const endpoint = source.current().endpoints.find((one) => one.name === name);
      if (endpoint === undefined) {
        throw new AppError('NOT_FOUND', { message: `There is no endpoint "${name}" in the webhooks file any more.` });
      }
      const result = await postWebhook(endpoint, { eventId, body: inTemplate(endpoint.template, delivery.body) });
      const isTaken = result.is === 'answered' && result.status >= 200 && result.status < 300;
      const error = isTaken ? null : result.is === 'answered' ? `It answered ${result.status}.` : `${result.why}.`;
      const status = result.is === 'answered' ? result.status : null;
      await webhooks.record(eventId, name, { state: isTaken ? 'delivered' : 'pending', status, error });
      metrics.webhookAttempts.inc({ outcome: isTaken ? 'delivered' : 'failed' });
      if (error === null) return;
      if (result.is === 'failed' && result.isPrivate) throw new AppError('UNSAFE_OPERATION', { message: error });
      // 410 Gone: nobody is there any more (Standard Webhooks, "Deliverability and reliability").
      if (status === 410) throw new AppError('CONFLICT', { message: error });
      throw laterFailure(error, result.is === 'answered' ? result.retryAfterSeconds : null);
    },
    async giveUpWebhook({ eventId, endpoint, error }) {
      await webhooks.setState(eventId, endpoint, 'failed', error.message);
      metrics.webhookAttempts.inc({ outcome: 'given_up' });
    },
  };
}

function laterFailure(message: string, retryAfterSeconds: number | null): ApplicationFailure {
  const { retryable } = ERROR_CODES.SERVICE_UNAVAILABLE;
  return ApplicationFailure.create({
    type: 'SERVICE_UNAVAILABLE',
    message,
    nonRetryable: !retryable,
    category: 'BENIGN',
    ...(retryAfterSeconds === null
      ? {}
      : { nextRetryDelay: `${Math.min(Math.max(retryAfterSeconds, 1), LONGEST_WAIT_SECONDS)}s` as const }),
  });
}
