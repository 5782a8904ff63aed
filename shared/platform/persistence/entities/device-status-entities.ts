import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { DeviceHealthStatus, HealthTrack } from '../../../domain/device-health.ts';

/** How one device is, as its checks tell. */
export const DeviceStatusEntity = defineEntity({
  name: 'DeviceStatus',
  tableName: 'device_status',
  properties: {
    deviceId: p.text().primary(),
    status: p.text().$type<DeviceHealthStatus>(),
    since: p.datetime(),
    checkedAt: p.datetime().strictNullable(),
    lastSeenAt: p.datetime().strictNullable(),
    /** Without a further check until then nobody knows how it is. */
    validUntil: p.datetime().strictNullable(),
    reasons: p.json<string[]>(),
    isFlapping: p.boolean(),
    /** What is remembered for the next check. */
    track: p.json<HealthTrack>().strictNullable(),
    /** Until then a watch of its own checks it, and sweeps leave it out. */
    watchedUntil: p.datetime().strictNullable(),
    /** Who checks it now, and how long others wait for that at most. */
    checkingBy: p.text().strictNullable(),
    checkingUntil: p.datetime().strictNullable(),
  },
});
export type DeviceStatusEntity = InferEntity<typeof DeviceStatusEntity>;

/** A change of a device's status. */
export const DeviceStatusChangeEntity = defineEntity({
  name: 'DeviceStatusChange',
  tableName: 'device_status_change',
  properties: {
    deviceId: p.text().primary(),
    at: p.datetime().primary(),
    before: p.text().$type<DeviceHealthStatus>(),
    after: p.text().$type<DeviceHealthStatus>(),
    reasons: p.json<string[]>(),
    isFlapping: p.boolean(),
  },
});
export type DeviceStatusChangeEntity = InferEntity<typeof DeviceStatusChangeEntity>;
