import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { HealthReason, HealthStatus } from '../../../domain/health-sample.ts';

/** What one device said of its health at one instant. */
export const HealthSampleEntity = defineEntity({
  name: 'HealthSample',
  tableName: 'health_sample',
  properties: {
    deviceId: p.text().primary(),
    at: p.datetime().primary(),
    status: p.text().$type<HealthStatus>(),
    reasons: p.json<HealthReason[]>(),
    cpuLoadPercent: p.double().strictNullable(),
    memoryUsedPercent: p.double().strictNullable(),
    diskUsedPercent: p.double().strictNullable(),
    temperatureCelsius: p.double().strictNullable(),
    uptimeSeconds: p.double().strictNullable(),
  },
});
export type HealthSampleEntity = InferEntity<typeof HealthSampleEntity>;
