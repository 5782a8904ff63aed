import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** Who holds a device's lane, as a number that only grows. */
export const LaneEntity = defineEntity({
  name: 'Lane',
  tableName: 'device_lane',
  properties: {
    deviceId: p.text().primary(),
    epoch: p.bigint('number'),
    owner: p.text(),
    takenAt: p.datetime(),
  },
});
export type LaneEntity = InferEntity<typeof LaneEntity>;
