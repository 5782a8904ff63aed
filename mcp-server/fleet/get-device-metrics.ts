import { z } from 'zod';
import {
  AGGREGATES,
  MEASURES,
  measureOf,
  measuresOf,
  RESOLUTIONS,
  type MeasureName,
  type MetricKind,
} from '../../shared/domain/device-metrics/measures.ts';
import { LEAST_STEP_SECONDS, MOST_STEP_SECONDS, planRange } from '../../shared/domain/device-metrics/metric-range.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { Name } from '../../shared/operations/output-fields.ts';
import type { DeviceMetricStore } from '../../shared/platform/persistence/stores/device-metric-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef } from '../call/input-fields.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

const ALL_MEASURES = Object.values(MEASURES).flatMap((measures) => Object.keys(measures)) as [MeasureName];

const DeviceMetricsInput = z.strictObject({
  deviceId: DeviceRef,
  interface: z.string().min(1).max(128).optional().describe('Traffic of this interface instead of the device itself'),
  pool: z.string().min(1).max(128).optional().describe('Use of this address pool instead of the device itself'),
  measures: z
    .array(z.enum(ALL_MEASURES))
    .min(1)
    .max(ALL_MEASURES.length)
    .optional()
    .describe(
      `Of the device ${namesOf('device')}; of an interface ${namesOf('interface')}; of a pool ${namesOf('pool')}. Default: all`,
    ),
  from: z.iso.datetime().optional().describe('Values from this time on (ISO 8601, UTC). Default: a day before to'),
  to: z.iso.datetime().optional().describe('Values before this time (ISO 8601, UTC). Default: now'),
  stepSeconds: z
    .int()
    .min(LEAST_STEP_SECONDS)
    .max(MOST_STEP_SECONDS)
    .optional()
    .describe('Seconds one point stands for; whole hours and days reach back furthest. Default: by the range'),
  aggregate: z.enum(AGGREGATES).default('avg').describe('How the values of a step become one'),
});

const DeviceMetrics = z.object({
  deviceId: z.string(),
  deviceName: z.string(),
  of: z.enum(['device', 'interface', 'pool']),
  name: Name.nullable().describe('Of the interface or pool'),
  from: z.iso.datetime().describe('Where the first step begins'),
  to: z.iso.datetime(),
  stepSeconds: z.int(),
  aggregate: z.enum(AGGREGATES),
  resolution: z
    .enum(RESOLUTIONS)
    .describe('Made of values as collected, of hours, or of days; of the newest times always of the finest'),
  keptFrom: z.iso
    .datetime()
    .nullable()
    .describe('The oldest value of this resolution; longer steps may reach back further'),
  measures: z.array(z.object({ name: z.enum(ALL_MEASURES), unit: z.string() })),
  points: z
    .array(
      z.object({
        at: z.iso.datetime(),
        samples: z.int(),
        values: z.partialRecord(z.enum(ALL_MEASURES), z.number().nullable()),
      }),
    )
    .describe('Oldest first; none of steps without a value'),
  interfaces: z.array(Name).optional().describe('Interfaces with values, when none was named'),
  pools: z.array(Name).optional().describe('Address pools with values, when none was named'),
});

/** Names shown of interfaces, and of pools. */
const MOST_NAMES = 100;

/** What a router measured over time, as it was collected in the background; it is not asked now. */
export function getDeviceMetricsAction(metrics: Pick<DeviceMetricStore, 'read' | 'names'>): Action {
  return defineAction({
    name: 'get_device_metrics',
    title: 'Metrics of a device over time',
    description:
      'CPU, memory, disk, temperature, voltage, uptime, Wi-Fi clients and DHCP leases of a router over hours to years, or ' +
      'the traffic of one interface, or the use of one address pool: a point for each step of a range. Collected in the ' +
      'background at a steady pace, so fit for trends; does not ask the router. get_resource_history holds answers of ' +
      'get_device_health, with reasons.',
    toolset: 'diagnostics',
    isCore: false,
    rate: 'read',
    phase: 1,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: DeviceMetricsInput,
    output: DeviceMetrics,
    target: { on: 'device', flags: [], evenDecommissioned: true },
    async dispatch({ input, target: { device } }) {
      const { kind, name } = seriesOf(input);
      const measures = input.measures ?? measuresOf(kind);
      refuseOthers(kind, measures);
      const range = planRange(input, currentMs());
      const { deviceId, name: deviceName } = device;
      const { aggregate } = input;
      const query = { deviceId, kind, name, measures, ...range, aggregate };
      const [answer, interfaces, pools] = await Promise.all([
        metrics.read(query),
        ...(['interface', 'pool'] as const).map((one) =>
          kind === 'device' || kind === one ? metrics.names(deviceId, one, MOST_NAMES) : [],
        ),
      ]);
      if (answer === null && kind !== 'device') throw unknownSeries(kind, (kind === 'pool' ? pools : interfaces) ?? []);
      return {
        output: {
          deviceId,
          deviceName,
          of: kind,
          name: kind === 'device' ? null : name,
          ...range,
          aggregate,
          keptFrom: answer?.keptFrom ?? null,
          measures: measures.map((one) => ({ name: one, unit: measureOf(kind, one)?.unit ?? '' })),
          points: answer?.points ?? [],
          ...(kind === 'device' ? { interfaces: interfaces ?? [], pools: pools ?? [] } : {}),
        },
      };
    },
    summarize: ({ deviceName, of, points, stepSeconds, aggregate, keptFrom }) => {
      const what = of === 'device' ? deviceName : `one ${of} of ${deviceName}`;
      if (keptFrom === null) return `Nothing was collected of ${what} in this resolution yet.`;
      return `${points.length} points of ${what}, each the ${aggregate} of ${stepSeconds} s; kept from ${keptFrom} on.`;
    },
  });
}

function namesOf(kind: MetricKind): string {
  return measuresOf(kind).join(', ');
}

function seriesOf(input: z.output<typeof DeviceMetricsInput>): { kind: MetricKind; name: string } {
  if (input.interface !== undefined && input.pool !== undefined) {
    throw new AppError('VALIDATION_ERROR', { message: 'pool: give either interface or pool; both were given.' });
  }
  if (input.interface !== undefined) return { kind: 'interface', name: input.interface };
  return input.pool === undefined ? { kind: 'device', name: '' } : { kind: 'pool', name: input.pool };
}

function refuseOthers(kind: MetricKind, measures: readonly MeasureName[]): void {
  const other = measures.find((one) => measureOf(kind, one) === undefined);
  if (other === undefined) return;
  throw new AppError('VALIDATION_ERROR', {
    message: `measures: ${other} is not measured of ${kind === 'interface' ? 'an interface' : `a ${kind}`}; there are ${namesOf(kind)}.`,
    hint: kind === 'device' ? 'Name an interface or a pool for what is measured of those.' : undefined,
  });
}

function unknownSeries(kind: MetricKind, known: readonly string[]): AppError {
  return new AppError('NOT_FOUND', {
    message: `Nothing was ever collected of ${kind === 'interface' ? 'an interface' : 'a pool'} of this name.`,
    hint: 'Without interface and pool the answer lists those that there are.',
    details: { known: known.slice(0, 20), untrusted: ['known'] },
  });
}
