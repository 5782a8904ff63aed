import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** Something endpoints are told of. `key` makes a repeated attempt the same event; `body` is the text that is signed. */
export const WebhookEventEntity = defineEntity({
  name: 'WebhookEvent',
  tableName: 'webhook_event',
  properties: {
    eventId: p.text().collation('C').primary(),
    key: p.text().unique(),
    type: p.text(),
    planId: p.text().collation('C').strictNullable(),
    environment: p.text().strictNullable(),
    body: p.text(),
    occurredAt: p.datetime(),
  },
  indexes: [{ name: 'webhook_event_plan_id_index', properties: ['planId'] }],
});
export type WebhookEventEntity = InferEntity<typeof WebhookEventEntity>;

/** How far one endpoint was told of an event. */
export const WebhookDeliveryEntity = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_delivery',
  properties: {
    eventId: p.text().collation('C').primary(),
    endpoint: p.text().primary(),
    state: p.text().$type<'pending' | 'delivered' | 'failed'>(),
    attempts: p.integer().default(0),
    lastStatus: p.integer().strictNullable(),
    lastError: p.text().strictNullable(),
    changedAt: p.datetime(),
    /** Whether its workflow was begun. */
    isStarted: p.boolean().default(true),
  },
  indexes: [
    { name: 'webhook_delivery_state_index', properties: ['state', 'eventId'] },
    { name: 'webhook_delivery_unstarted_index', properties: ['eventId'], where: 'not is_started' },
  ],
});
export type WebhookDeliveryEntity = InferEntity<typeof WebhookDeliveryEntity>;
