import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** How often somebody did something on a day of UTC. */
export const QuotaUseEntity = defineEntity({
  name: 'QuotaUse',
  tableName: 'quota_use',
  properties: {
    sub: p.text().primary(),
    day: p.date().primary(),
    what: p.text().$type<'write' | 'plan'>().primary(),
    used: p.integer(),
  },
});
export type QuotaUseEntity = InferEntity<typeof QuotaUseEntity>;

/** A device that somebody changed, or asked to change, on a day of UTC. */
export const QuotaDeviceEntity = defineEntity({
  name: 'QuotaDevice',
  tableName: 'quota_device',
  properties: {
    sub: p.text().primary(),
    day: p.date().primary(),
    deviceId: p.text().primary(),
  },
});
export type QuotaDeviceEntity = InferEntity<typeof QuotaDeviceEntity>;

/** A plan that may be made, until its row is there. */
export const QuotaPlanEntity = defineEntity({
  name: 'QuotaPlan',
  tableName: 'quota_plan',
  properties: {
    planId: p.text().primary(),
    sub: p.text(),
    takenAt: p.datetime(),
  },
  indexes: [{ name: 'quota_plan_sub_index', properties: ['sub'] }],
});
export type QuotaPlanEntity = InferEntity<typeof QuotaPlanEntity>;

/** A web process that said lately that it lives. */
export const WebProcessEntity = defineEntity({
  name: 'WebProcess',
  tableName: 'web_process',
  properties: {
    processId: p.text().primary(),
    heartbeatAt: p.datetime(),
  },
});
export type WebProcessEntity = InferEntity<typeof WebProcessEntity>;

/** The place of an open stream; void once its process is dead. */
export const StreamLeaseEntity = defineEntity({
  name: 'StreamLease',
  tableName: 'stream_lease',
  properties: {
    leaseId: p.text().primary(),
    sub: p.text(),
    processId: p.text(),
  },
  indexes: [{ name: 'stream_lease_sub_index', properties: ['sub'] }],
});
export type StreamLeaseEntity = InferEntity<typeof StreamLeaseEntity>;
