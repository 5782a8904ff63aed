import { z } from 'zod';

export const HealthStatus = z.enum(['healthy', 'degraded', 'critical']);
export type HealthStatus = z.infer<typeof HealthStatus>;

/** One measure beyond its limit. */
export const HealthReason = z.object({
  measure: z.string(),
  level: z.enum(['degraded', 'critical']),
  value: z.number(),
  limit: z.number(),
  /** The sensor that measured it, where there are several. */
  sensor: z.string().nullable(),
});
export type HealthReason = z.infer<typeof HealthReason>;

/** What is kept of an answer of `get_device_health`; null: the device does not measure it. */
export const HealthReadings = z.object({
  status: HealthStatus,
  reasons: z.array(HealthReason),
  cpuLoadPercent: z.number().nullable(),
  memoryUsedPercent: z.number().nullable(),
  diskUsedPercent: z.number().nullable(),
  temperatureCelsius: z.number().nullable(),
  uptimeSeconds: z.number().nullable(),
});
export type HealthReadings = z.infer<typeof HealthReadings>;

/** Readings of one device at one instant (ISO 8601). */
export interface HealthSample extends HealthReadings {
  deviceId: string;
  at: string;
}

/** Readings that are numbers, in the order in which they are shown. */
export const HEALTH_MEASURES = [
  'cpuLoadPercent',
  'memoryUsedPercent',
  'diskUsedPercent',
  'temperatureCelsius',
  'uptimeSeconds',
] as const satisfies readonly (keyof HealthReadings)[];
export type HealthMeasure = (typeof HEALTH_MEASURES)[number];
