import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** Somebody stopped writing to the fleet, an environment or a device; a row is changed once, when the stop is lifted. */
export const EmergencyStopEntity = defineEntity({
  name: 'EmergencyStop',
  tableName: 'emergency_stop',
  properties: {
    stopId: p.text().collation('C').primary(),
    environment: p.text().strictNullable(),
    deviceId: p.text().strictNullable(),
    reason: p.text(),
    placedBy: p.text(),
    placedByName: p.text(),
    placedAt: p.datetime(),
    liftedAt: p.datetime().strictNullable(),
    liftedBy: p.text().strictNullable(),
    liftedByName: p.text().strictNullable(),
    liftReason: p.text().strictNullable(),
  },
});
export type EmergencyStopEntity = InferEntity<typeof EmergencyStopEntity>;
