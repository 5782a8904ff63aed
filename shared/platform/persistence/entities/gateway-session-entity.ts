import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** A session of a person's browser at the approval gateway. */
export const GatewaySessionEntity = defineEntity({
  name: 'GatewaySession',
  tableName: 'gateway_session',
  properties: {
    /** SHA-256 of the session's random id. */
    sessionHash: p.text().primary(),
    sub: p.text(),
    startedAt: p.datetime(),
    usedAt: p.datetime(),
  },
  indexes: [{ name: 'gateway_session_sub_index', properties: ['sub', 'startedAt'] }],
});
export type GatewaySessionEntity = InferEntity<typeof GatewaySessionEntity>;
