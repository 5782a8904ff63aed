import { z } from 'zod';
import { DriftState } from '../../shared/domain/drift.ts';
import { visibleDevices } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, DeviceRef, NextCursor } from '../call/input-fields.ts';
import { resolveDevice } from '../call/resolve-device.ts';
import { BaselineShape, DriftShape, shownBaseline, shownDrift } from './drift-shape.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** What is not as it should be, by what was found last. */
export function listDriftAction({
  devices,
  drift,
  baselines,
}: Pick<Database, 'devices' | 'drift' | 'baselines'>): Action {
  return defineAction({
    name: 'list_drift',
    title: 'List drift',
    description:
      'Objects of one router, or of all you may use, that are not as their baselines say, newest first, with who changed ' +
      'them as far as the router tells. By what was found last; check_drift looks at a router now.',
    toolset: 'configuration',
    isCore: false,
    rate: 'read',
    phase: 2,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    // As reading a configuration is.
    audited: true,
    input: z.strictObject({
      deviceId: DeviceRef.optional().describe('Only of this device, by id or name'),
      state: z
        .array(DriftState)
        .min(1)
        .max(3)
        .default(['open'])
        .describe('open, acknowledged (expected until a date), gone (of the last 90 days)'),
      limit: z.int().min(1).max(200).default(50).describe('Objects of one page'),
      cursor: Cursor,
    }),
    output: z.object({
      drift: z.array(DriftShape),
      baselines: z.array(BaselineShape).describe('Of the device asked for, or of the devices on this page'),
      nextCursor: NextCursor,
    }),
    target: { on: 'nothing' },
    async dispatch({ input: { deviceId, state, limit }, principal, after }) {
      const device = deviceId === undefined ? null : await resolveDevice(devices, principal, deviceId);
      const nowMs = currentMs();
      const rows = await drift.list({
        grants: visibleDevices(principal),
        deviceId: device?.deviceId,
        states: state,
        nowMs,
        // One more than the page holds, because a page that is just full may be the last.
        limit: limit + 1,
        before: after ?? undefined,
      });
      const shown = rows.slice(0, limit);
      const ids = [...new Set([...(device === null ? [] : [device.deviceId]), ...shown.map((one) => one.deviceId)])];
      const [named, kept] = await Promise.all([devices.getMany(ids), baselines.getMany(ids)]);
      const names = new Map(named.map((one) => [one.deviceId, one]));
      const nameOf = (id: string): { name: string } => names.get(id) ?? { name: id };
      return {
        output: {
          drift: shown.map((one) => shownDrift(one, nameOf(one.deviceId), nowMs)),
          baselines: kept.map((one) => shownBaseline(one, nameOf(one.deviceId))),
        },
        next: rows.length > limit ? shown.at(-1)?.driftId : undefined,
      };
    },
    summarize: ({ drift: shown, nextCursor }) =>
      `${shown.length} objects${nextCursor === undefined ? '' : '; call again with nextCursor for more'}.`,
  });
}
