import { z } from 'zod';
import { StopId } from '../../shared/domain/ids.ts';
import { rolesOnFleet, type Principal } from '../../shared/domain/principal.ts';
import type { EmergencyStop } from '../../shared/domain/emergency-stop.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { rolesOnDevices } from '../../shared/platform/persistence/roles-on-devices.ts';
import { defineAction, type Action } from '../call/action.ts';
import { nameOf, StopReason, StopShape, viewStop } from './stop-shape.ts';

/** Ends one emergency stop. What it paused stays paused until somebody resumes it. */
export function liftEmergencyStopAction({ stops, devices }: Pick<Database, 'stops' | 'devices'>): Action {
  return defineAction({
    name: 'lift_emergency_stop',
    title: 'Lift an emergency stop',
    description:
      'Ends one emergency stop, with the reason on record. Paused rollouts stay paused until they are resumed.',
    toolset: 'plans',
    isCore: false,
    rate: 'admin',
    phase: 1,
    roles: ['admin'],
    scopes: ['fleet:admin'],
    surfaces: ['http'],
    hints: { readOnly: false, destructive: true, idempotent: true },
    audited: true,
    input: z.strictObject({
      stopId: StopId.describe('Id of the stop, as list_emergency_stops shows it'),
      reason: StopReason,
    }),
    output: StopShape,
    target: { on: 'nothing', findsDevices: true },
    async dispatch({ input: { stopId, reason }, principal }) {
      const found = await stops.get(stopId);
      if (found === null) throw new AppError('STOP_NOT_FOUND', { details: { stopId } });
      await demandAdmin(devices, principal, found);
      const stop = await stops.lift(stopId, { by: principal.sub, byName: nameOf(principal), reason });
      return { output: viewStop(stop) };
    },
    summarize: ({ stopId }) => `The stop ${stopId} is lifted. What it paused stays paused until somebody resumes it.`,
  });
}

async function demandAdmin(
  devices: Database['devices'],
  principal: Principal,
  { scope }: EmergencyStop,
): Promise<void> {
  const held =
    scope.on === 'device'
      ? await rolesOnDevices(devices, principal, { deviceIds: [scope.deviceId], wanted: ['admin'] })
      : rolesOnFleet(principal);
  if (held.includes('admin')) return;
  throw new AppError('FORBIDDEN', {
    message: 'To lift this stop takes the role admin on everything it covers.',
    details: { rolesNeeded: ['admin'] },
  });
}
