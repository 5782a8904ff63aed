import { z } from 'zod';
import { MEASURES, METRIC_KINDS, type MeasureName } from '../../shared/domain/device-metrics/measures.ts';
import { Environment } from '../../shared/domain/environment.ts';
import { visibleDevices } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { Name } from '../../shared/operations/output-fields.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, DeviceRef, NextCursor } from '../call/input-fields.ts';
import { resolveDevice } from '../call/resolve-device.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

const ALL_MEASURES = Object.values(MEASURES).flatMap((measures) => Object.keys(measures)) as [MeasureName];

const ExportedMetrics = z.object({
  devices: z.array(
    z.object({
      deviceId: z.string(),
      name: z.string(),
      environment: Environment,
      series: z.array(
        z.object({
          kind: z.enum(METRIC_KINDS as [(typeof METRIC_KINDS)[number]]),
          name: Name,
          at: z.iso.datetime(),
          values: z.partialRecord(z.enum(ALL_MEASURES), z.number().nullable()),
        }),
      ),
    }),
  ),
  nextCursor: NextCursor,
});
export type ExportedMetrics = z.output<typeof ExportedMetrics>;

/** The newest values of one device, or of a page of all that the caller may see; the API gives them as OpenMetrics. */
export function exportMetricsAction({ devices, deviceMetrics }: Pick<Database, 'devices' | 'deviceMetrics'>): Action {
  return defineAction({
    name: 'export_device_metrics',
    title: 'Metrics of devices as OpenMetrics',
    description:
      'The newest collected values of one router, or page by page of all that you may use, in the text format of ' +
      'OpenMetrics, for Prometheus and the like. The next page is in the Link header.',
    toolset: 'diagnostics',
    isCore: false,
    rate: 'read',
    phase: 1,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: z.strictObject({
      deviceId: DeviceRef.optional().describe('Only this device, by id or name'),
      maxAgeSeconds: z
        .int()
        .min(60)
        .max(86_400)
        .default(900)
        .describe('Series without a value since then are left out'),
      limit: z.int().min(1).max(500).default(200).describe('Devices of one page, by name'),
      cursor: Cursor,
    }),
    output: ExportedMetrics,
    target: { on: 'nothing' },
    async dispatch({ input: { deviceId, maxAgeSeconds, limit }, principal, after }) {
      const [behindName = '', behindId = ''] = after?.split(' ') ?? [];
      const position = after === null ? {} : { after: { name: behindName, deviceId: behindId } };
      const found =
        deviceId === undefined
          ? // One more than the page holds, because a page that is just full may be the last.
            (await devices.list({ grants: visibleDevices(principal), limit: limit + 1, ...position })).devices
          : [await resolveDevice(devices, principal, deviceId)];
      const shown = found.slice(0, limit);
      const since = new Date(currentMs() - maxAgeSeconds * 1000).toISOString();
      const ids = shown.map((device) => device.deviceId);
      const latest = Map.groupBy(await deviceMetrics.latest(ids, since), (series) => series.deviceId);
      const last = shown.at(-1);
      return {
        output: {
          devices: shown.map((device) => ({
            deviceId: device.deviceId,
            name: device.name,
            environment: device.environment,
            series: (latest.get(device.deviceId) ?? []).map(({ kind, name, at, values }) => ({
              kind,
              name,
              at,
              values,
            })),
          })),
        },
        next: found.length > limit && last !== undefined ? `${last.name} ${last.deviceId}` : undefined,
      };
    },
    summarize: ({ devices: shown }) => `Newest values of ${shown.length} devices.`,
  });
}
