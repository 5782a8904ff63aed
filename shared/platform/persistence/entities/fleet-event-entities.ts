import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { TextList } from './text-list.ts';

/** Something that happened in the fleet. `routedAt` is set when it was looked at which endpoints are told of it. */
export const FleetEventEntity = defineEntity({
  name: 'FleetEvent',
  tableName: 'fleet_event',
  properties: {
    eventId: p.text().collation('C').primary(),
    key: p.text().unique(),
    type: p.text(),
    at: p.datetime(),
    deviceId: p.text().strictNullable(),
    deviceName: p.text().strictNullable(),
    environment: p.text().strictNullable(),
    tags: p.type(TextList).$type<string[]>(),
    details: p.json<Record<string, unknown>>(),
    routedAt: p.datetime().strictNullable(),
  },
  indexes: [{ name: 'fleet_event_unrouted_index', properties: ['eventId'], where: 'routed_at is null' }],
});
export type FleetEventEntity = InferEntity<typeof FleetEventEntity>;

/** What one endpoint is to be told, alone or with others of its group; `toldIn` is the event that told it. */
export const WebhookNoticeEntity = defineEntity({
  name: 'WebhookNotice',
  tableName: 'webhook_notice',
  properties: {
    endpoint: p.text().collation('C').primary(),
    key: p.text().collation('C').primary(),
    type: p.text(),
    groupKey: p.text().collation('C'),
    at: p.datetime(),
    dueAt: p.datetime(),
    content: p.json<Record<string, unknown>>(),
    toldIn: p.text().collation('C').strictNullable(),
  },
  indexes: [
    { name: 'webhook_notice_untold_index', properties: ['endpoint', 'groupKey'], where: 'told_in is null' },
    { name: 'webhook_notice_told_in_index', properties: ['toldIn'] },
  ],
});
export type WebhookNoticeEntity = InferEntity<typeof WebhookNoticeEntity>;
