import { z } from 'zod';
import { maySeeDevice, type Principal } from '../../shared/domain/principal.ts';
import type { EmergencyStop } from '../../shared/domain/emergency-stop.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, NextCursor } from '../call/input-fields.ts';
import { StopShape, viewStop } from './stop-shape.ts';

const Input = z.strictObject({
  includeLifted: z.boolean().default(false).describe('Also stops that hold no more'),
  limit: z.int().min(1).max(100).default(25).describe('Stops of one page'),
  cursor: Cursor,
});

/** Where writing is stopped, by whom and why: of the fleet, of environments, and of devices the caller may see. */
export function listEmergencyStopsAction({ stops, devices }: Pick<Database, 'stops' | 'devices'>): Action {
  return defineAction({
    name: 'list_emergency_stops',
    title: 'List emergency stops',
    description: 'Where writing is stopped, since when, by whom and why; newest first.',
    toolset: 'plans',
    isCore: false,
    rate: 'read',
    phase: 1,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: Input,
    output: z.object({ stops: z.array(StopShape), nextCursor: NextCursor }),
    target: { on: 'nothing' },
    async dispatch({ input: { includeLifted, limit }, after, principal }) {
      const page = includeLifted
        ? await stops.list({ limit: limit + 1, ...(after === null ? {} : { before: after }) })
        : (await stops.active()).filter(({ stopId }) => after === null || stopId < after).sort(newestFirst);
      const shown = page.slice(0, limit);
      const visible = await visibleOf(devices, principal, shown);
      const next = page.length > limit ? shown.at(-1)?.stopId : undefined;
      return { output: { stops: visible.map(viewStop) }, next };
    },
    summarize: ({ stops: shown }) =>
      shown.length === 0 ? 'Nothing is stopped.' : `${shown.length} emergency stop(s).`,
  });
}

function newestFirst(one: EmergencyStop, other: EmergencyStop): number {
  return one.stopId < other.stopId ? 1 : -1;
}

async function visibleOf(
  devices: Pick<Database['devices'], 'getMany'>,
  principal: Principal,
  shown: readonly EmergencyStop[],
): Promise<EmergencyStop[]> {
  const ids = shown.flatMap(({ scope }) => (scope.on === 'device' ? [scope.deviceId] : []));
  const seen = (await devices.getMany(ids)).filter((device) => maySeeDevice(principal, device));
  const visible = new Set(seen.map(({ deviceId }) => deviceId));
  return shown.filter(({ scope }) => scope.on !== 'device' || visible.has(scope.deviceId));
}
