import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { AuditOutcome } from '../stores/audit-store.ts';

/** One record of the audit; a trigger refuses to change or remove it. */
export const AuditEventEntity = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_event',
  properties: {
    seq: p.bigint('number').primary().autoincrement(),
    key: p.text().unique('audit_event_key_unique'),
    at: p.datetime(),
    action: p.text(),
    actor: p.text(),
    actorEmail: p.text().strictNullable(),
    clientId: p.text().strictNullable(),
    via: p.text().strictNullable(),
    planId: p.text().strictNullable(),
    deviceId: p.text().strictNullable(),
    operation: p.text().strictNullable(),
    outcome: p.text().$type<AuditOutcome>(),
    code: p.text().strictNullable(),
    message: p.text().strictNullable(),
    arguments: p.json<Record<string, unknown>>().columnType('json').strictNullable(),
    details: p.json<Record<string, unknown>>().columnType('json').strictNullable(),
    correlationId: p.text().strictNullable(),
  },
  indexes: [
    { name: 'audit_event_plan_index', properties: ['planId', 'seq'] },
    { name: 'audit_event_device_index', properties: ['deviceId', 'seq'] },
    { name: 'audit_event_action_index', properties: ['action', 'seq'] },
  ],
});
export type AuditEventEntity = InferEntity<typeof AuditEventEntity>;
