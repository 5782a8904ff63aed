import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { HealthStatus } from '../../../domain/health-sample.ts';

/** Which sample of a device is its newest, so that the state of a whole fleet is one small table. */
export const DeviceHealthEntity = defineEntity({
  name: 'DeviceHealth',
  tableName: 'device_health',
  properties: {
    deviceId: p.text().primary(),
    at: p.datetime(),
    status: p.text().$type<HealthStatus>(),
    /** Samples kept of the device. */
    samples: p.integer(),
  },
});
export type DeviceHealthEntity = InferEntity<typeof DeviceHealthEntity>;
