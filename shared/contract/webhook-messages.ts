import type { ErrorBody } from '../errors/app-error.ts';

/** One event for one endpoint. */
export interface WebhookDelivery {
  eventId: string;
  /** Its name in the webhooks file. */
  endpoint: string;
}

/** Activities on a queue of their own, so that slow endpoints keep nothing else waiting. */
export interface WebhookActivities {
  /**
   * Posts the event, unless the endpoint has taken it already. Fails with SERVICE_UNAVAILABLE when that may work later, and
   * with NOT_FOUND, UNSAFE_OPERATION or CONFLICT when it will not before somebody changes something.
   */
  deliverWebhook(request: WebhookDelivery): Promise<void>;
  /** Leaves the event for people to look at: it is not tried again by itself. */
  giveUpWebhook(request: WebhookDelivery & { error: ErrorBody }): Promise<void>;
}
