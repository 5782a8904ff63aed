import { z } from 'zod';
import { Breaker } from '../../shared/domain/breaker.ts';
import { DeviceHealthStatus } from '../../shared/domain/device-health.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import type { DeviceStatusStore } from '../../shared/platform/persistence/stores/device-status-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, DeviceRef, NextCursor } from '../call/input-fields.ts';

const DeviceStatusInput = z.strictObject({
  deviceId: DeviceRef,
  limit: z.int().min(1).max(200).default(20).describe('Changes of one page'),
  cursor: Cursor,
});

const DeviceStatusOutput = z.object({
  deviceId: z.string(),
  deviceName: z.string(),
  status: DeviceHealthStatus.describe('unknown: not checked yet, or not when it should have been'),
  since: z.iso.datetime().nullable(),
  checkedAt: z.iso.datetime().nullable(),
  lastSeenAt: z.iso.datetime().nullable().describe('When the router answered a check last'),
  reasons: z.array(z.string()).describe('Why it is not healthy'),
  isFlapping: z.boolean().describe('It came and went several times within an hour'),
  breaker: Breaker.describe('Whether requests reach the router at the moment'),
  changes: z
    .array(
      z.object({
        at: z.iso.datetime(),
        before: DeviceHealthStatus,
        after: DeviceHealthStatus,
        reasons: z.array(z.string()),
        isFlapping: z.boolean(),
      }),
    )
    .describe('Newest first'),
  nextCursor: NextCursor,
});

/** How a router is and was, as its background checks found it; it is not asked now. */
export function getDeviceStatusAction(statuses: Pick<DeviceStatusStore, 'get' | 'changes'>): Action {
  return defineAction({
    name: 'get_device_status',
    title: 'Status of a device and its history',
    description:
      'Whether a router is healthy, degraded, critical, unreachable or unknown by its regular checks, since when and why, ' +
      'when it was last seen, whether it flaps, and every change of that, newest first. Does not ask the router.',
    toolset: 'diagnostics',
    isCore: false,
    rate: 'read',
    phase: 1,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: DeviceStatusInput,
    output: DeviceStatusOutput,
    target: { on: 'device', flags: [], evenDecommissioned: true },
    async dispatch({ input: { limit }, target: { device }, after }) {
      const { deviceId, name: deviceName, breaker } = device;
      // One more than the page holds, because a page that is just full may be the last.
      const [now, found] = await Promise.all([
        statuses.get(deviceId),
        statuses.changes({ deviceId, limit: limit + 1, ...(after === null ? {} : { before: after }) }),
      ]);
      const changes = found.slice(0, limit).map(({ at, before, after: became, reasons, isFlapping }) => ({
        at,
        before,
        after: became,
        reasons,
        isFlapping,
      }));
      return {
        output: {
          deviceId,
          deviceName,
          status: now?.status ?? 'unknown',
          since: now?.since ?? null,
          checkedAt: now?.checkedAt ?? null,
          lastSeenAt: now?.lastSeenAt ?? null,
          reasons: now?.reasons ?? [],
          isFlapping: now?.isFlapping ?? false,
          breaker,
          changes,
        },
        next: found.length > limit ? changes.at(-1)?.at : undefined,
      };
    },
    summarize: ({ deviceName, status, since, reasons, isFlapping, lastSeenAt }) =>
      [
        `${deviceName} is ${status}${since === null ? ': it was never checked' : ` since ${since}`}.`,
        ...(isFlapping ? ['It comes and goes.'] : []),
        ...reasons,
        ...(lastSeenAt === null ? [] : [`Last seen ${lastSeenAt}.`]),
      ].join(' '),
  });
}
