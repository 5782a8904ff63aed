import { z } from 'zod';
import { HEALTH_MEASURES, HealthReadings } from '../../shared/domain/health-sample.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { HealthStore } from '../../shared/platform/persistence/stores/health-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, DeviceRef, NextCursor } from '../call/input-fields.ts';
import { ShownReason } from './shown-reason.ts';

const Range = z.object({ min: z.number(), avg: z.number(), max: z.number() }).nullable();

const ResourceHistoryInput = z.strictObject({
  deviceId: DeviceRef,
  from: z.iso.datetime().optional().describe('Samples from this time on (ISO 8601, UTC)'),
  to: z.iso.datetime().optional().describe('Samples before this time (ISO 8601, UTC)'),
  limit: z.int().min(1).max(500).default(50).describe('Samples of one page'),
  cursor: Cursor,
});

const ResourceHistory = z.object({
  deviceId: z.string(),
  deviceName: z.string(),
  samples: z.array(HealthReadings.extend({ at: z.iso.datetime(), reasons: z.array(ShownReason) })),
  total: z.int().describe('Samples of the range'),
  aggregate: z.object(Object.fromEntries(HEALTH_MEASURES.map((measure) => [measure, Range]))),
  nextCursor: NextCursor,
});

/** What a router said of its health whenever it was asked; it is not asked now. */
export function getResourceHistoryAction(health: Pick<HealthStore, 'list' | 'aggregate'>): Action {
  return defineAction({
    name: 'get_resource_history',
    title: 'Health history of a device',
    description:
      'How CPU load, memory, disk, temperature and uptime of a router developed: a sample of every time get_device_health ' +
      'was answered, newest first, with min, avg and max of the range. Does not ask the router.',
    toolset: 'diagnostics',
    isCore: false,
    rate: 'read',
    phase: 1,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: ResourceHistoryInput,
    output: ResourceHistory,
    target: { on: 'device', flags: [], evenDecommissioned: true },
    async dispatch({ input: { from, to, limit }, target: { device }, after }) {
      if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
        throw new AppError('VALIDATION_ERROR', { message: `from: ${from} is not before to (${to}).` });
      }
      const { deviceId, name: deviceName } = device;
      const range = { deviceId, from, to };
      const before = after === null ? {} : { before: after };
      // One more than the page holds, because a page that is just full may be the last.
      const [found, { samples: total, measures }] = await Promise.all([
        health.list({ ...range, ...before, limit: limit + 1 }),
        health.aggregate(range),
      ]);
      const samples = found.slice(0, limit);
      return {
        output: { deviceId, deviceName, samples, total, aggregate: measures },
        next: found.length > limit ? samples.at(-1)?.at : undefined,
      };
    },
    summarize: ({ deviceName, samples, total }) =>
      total === 0
        ? `No samples of ${deviceName}; call get_device_health to take one.`
        : `${samples.length} of ${total} samples of ${deviceName}, the newest of ${samples[0]?.at ?? 'no time'}.`,
  });
}
