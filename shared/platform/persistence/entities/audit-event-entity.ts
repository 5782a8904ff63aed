import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { AuditOutcome } from '../stores/audit-record.ts';

/** One entry of the audit's chain; triggers number and chain it, and refuse to change or remove it. */
export const AuditEventEntity = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_event',
  properties: {
    seq: p.bigint('number').primary().autoincrement(false),
    key: p.text().unique('audit_event_key_unique'),
    at: p.datetime(),
    action: p.text(),
    actor: p.text(),
    actorEmail: p.text().strictNullable(),
    clientId: p.text().strictNullable(),
    via: p.text().strictNullable(),
    authMethod: p.text().strictNullable(),
    /** Separated by spaces. */
    roles: p.text().strictNullable(),
    tier: p.text().strictNullable(),
    planId: p.text().strictNullable(),
    deviceId: p.text().strictNullable(),
    environment: p.text().strictNullable(),
    operation: p.text().strictNullable(),
    outcome: p.text().$type<AuditOutcome>(),
    code: p.text().strictNullable(),
    message: p.text().strictNullable(),
    arguments: p.json<Record<string, unknown>>().columnType('json').strictNullable(),
    argumentsDigest: p.text().strictNullable(),
    details: p.json<Record<string, unknown>>().columnType('json').strictNullable(),
    correlationId: p.text().strictNullable(),
    traceId: p.text().strictNullable(),
    prevHash: p.text(),
    hash: p.text(),
  },
  indexes: [
    { name: 'audit_event_plan_index', properties: ['planId', 'seq'] },
    { name: 'audit_event_device_index', properties: ['deviceId', 'seq'] },
    { name: 'audit_event_action_index', properties: ['action', 'seq'] },
    { name: 'audit_event_actor_index', properties: ['actor', 'seq'] },
    { name: 'audit_event_at_index', properties: ['at'] },
    { name: 'audit_event_correlation_index', properties: ['correlationId'] },
    { name: 'audit_event_open_index', properties: ['at'], where: `outcome = 'requested'` },
  ],
});
export type AuditEventEntity = InferEntity<typeof AuditEventEntity>;
