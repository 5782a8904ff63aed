import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import { defineRead } from '../define-operation.ts';
import { Word } from '../output-fields.ts';
import { toPercent } from './percent.ts';
import { failedSupplies, highestOf, readSensors } from './sensors.ts';
import { usage } from './usage.ts';

const RESOURCE = '/system/resource';
const HEALTH = '/system/health';

/**
 * From which value on a measure is degraded, and from which critical. Memory and disk are shares in use. A failed power
 * supply is degraded: another one feeds the router, or it could not say so.
 */
export const HEALTH_LIMITS = {
  cpu_load: { degraded: 80, critical: 95 },
  memory: { degraded: 85, critical: 95 },
  disk: { degraded: 90, critical: 97 },
  temperature: { degraded: 70, critical: 85 },
  bad_blocks: { degraded: 2, critical: 5 },
  power_supply: { degraded: 1, critical: Infinity },
} as const;

type Measure = keyof typeof HEALTH_LIMITS;
const MEASURES = Object.keys(HEALTH_LIMITS) as Measure[];
const LEVELS = ['degraded', 'critical'] as const;

const Health = z.strictObject({
  status: z.enum(['healthy', ...LEVELS]),
  /** Why it is not healthy, the worst first; `sensor` is the one that measured it. */
  reasons: z.array(
    z.strictObject({
      measure: z.enum(MEASURES),
      level: z.enum(LEVELS),
      value: z.number(),
      limit: z.number(),
      sensor: Word.nullable(),
    }),
  ),
  cpuLoadPercent: z.number().nullable(),
  memoryUsedPercent: z.number().nullable(),
  memoryFreeBytes: z.number().nullable(),
  memoryTotalBytes: z.number().nullable(),
  diskUsedPercent: z.number().nullable(),
  diskFreeBytes: z.number().nullable(),
  diskTotalBytes: z.number().nullable(),
  badBlocksPercent: z.number().nullable(),
  /** The highest of all sensors; null where none is. */
  temperatureCelsius: z.number().nullable(),
  /** Volts of the supply that feeds the router; null where it is not measured. */
  voltage: z.number().nullable(),
  failedPowerSupplies: z.int(),
  uptimeSeconds: z.number().nullable(),
});

type HealthReason = z.input<typeof Health>['reasons'][number];

export const getDeviceHealth = defineRead({
  name: 'get_device_health',
  title: 'Device health',
  summary:
    'Whether a router is healthy, degraded or critical, with the reasons: CPU load, memory, disk, temperature, voltage, power supplies, bad blocks and uptime.',
  toolset: 'diagnostics',
  isCore: true,
  phase: 1,
  paths: [RESOURCE, HEALTH],
  input: z.strictObject({}),
  output: Health,
  example: {},
  handler: async (router) => {
    const sensors = await readSensors(router, await router.facts());
    const resource = await router.get(RESOURCE);
    const memory = usage(resource['free-memory'], resource['total-memory']);
    const disk = usage(resource['free-hdd-space'], resource['total-hdd-space']);
    const cpuLoadPercent = toPercent(resource['cpu-load']);
    const badBlocksPercent = toPercent(resource['bad-blocks']);
    const hottest = highestOf(sensors, 'C');
    const failed = failedSupplies(sensors) ?? [];
    const reasons = [
      reasonOf('cpu_load', cpuLoadPercent),
      reasonOf('memory', memory.usedPercent),
      reasonOf('disk', disk.usedPercent),
      reasonOf('temperature', hottest?.value ?? null, hottest?.name),
      reasonOf('bad_blocks', badBlocksPercent),
      reasonOf('power_supply', failed.length, failed[0]?.name),
    ].filter((reason) => reason !== null);
    return {
      status: statusOf(reasons),
      reasons: reasons.toSorted((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level)),
      cpuLoadPercent,
      memoryUsedPercent: memory.usedPercent,
      memoryFreeBytes: memory.freeBytes,
      memoryTotalBytes: memory.totalBytes,
      diskUsedPercent: disk.usedPercent,
      diskFreeBytes: disk.freeBytes,
      diskTotalBytes: disk.totalBytes,
      badBlocksPercent,
      temperatureCelsius: hottest?.value ?? null,
      voltage: highestOf(sensors, 'V')?.value ?? null,
      failedPowerSupplies: failed.length,
      uptimeSeconds: toSeconds(resource['uptime']),
    };
  },
});

function reasonOf(measure: Measure, value: number | null, sensor: string | null = null): HealthReason | null {
  const limits = HEALTH_LIMITS[measure];
  const level = LEVELS.findLast((candidate) => value !== null && value >= limits[candidate]);
  return value === null || level === undefined ? null : { measure, level, value, limit: limits[level], sensor };
}

function statusOf(reasons: readonly HealthReason[]): z.input<typeof Health>['status'] {
  return LEVELS.findLast((level) => reasons.some((reason) => reason.level === level)) ?? 'healthy';
}
