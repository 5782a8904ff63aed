import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { ErrorBody } from '../../../errors/app-error.ts';
import type { CallProgress, CallStatus, KeptAnswer } from '../stores/call-store.ts';

/** A call whose result outlives its connection. `json` and not `jsonb`: answers hold whatever text routers supply. */
export const CallEntity = defineEntity({
  name: 'Call',
  tableName: 'call',
  properties: {
    callId: p.text().primary(),
    sub: p.text(),
    action: p.text(),
    readOnly: p.boolean(),
    argumentsDigest: p.text(),
    /** Null also once it is free again. */
    idempotencyKey: p.text().strictNullable(),
    followsPlan: p.boolean(),
    planId: p.text().strictNullable(),
    deviceId: p.text().strictNullable(),
    correlationId: p.text(),
    status: p.text().$type<CallStatus>(),
    cancelAsked: p.boolean(),
    progress: p.json<CallProgress>().columnType('json').strictNullable(),
    answer: p.json<KeptAnswer>().columnType('json').strictNullable(),
    error: p.json<ErrorBody>().columnType('json').strictNullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    heartbeatAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  uniques: [{ name: 'call_key_unique', properties: ['sub', 'idempotencyKey'] }],
  indexes: [{ name: 'call_expires_at_index', properties: ['expiresAt'] }],
});
export type CallEntity = InferEntity<typeof CallEntity>;
