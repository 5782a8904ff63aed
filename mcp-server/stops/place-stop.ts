import { z } from 'zod';
import type { EmergencyStop, StopScope } from '../../shared/domain/emergency-stop.ts';
import { Environment } from '../../shared/domain/environment.ts';
import { rolesOn, type DeviceGrant, type Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef } from '../call/input-fields.ts';
import { resolveDevice } from '../call/resolve-device.ts';
import { refusalOfChange } from '../degraded/read-only-refusal.ts';
import { nameOf, STOPPING_ROLES, StopReason, StopShape, viewStop } from './stop-shape.ts';

export interface PlaceStopDeps {
  database: Pick<Database, 'stops' | 'devices'>;
  fleet: Pick<FleetClient, 'recheckRollout'>;
  log: Pick<Logger, 'warn'>;
}

const Input = z.strictObject({
  all: z.literal(true).optional().describe('The whole fleet; or give environment or deviceId'),
  environment: Environment.optional().describe('Every device of this environment'),
  deviceId: DeviceRef.optional(),
  reason: StopReason,
});

const Output = StopShape.extend({
  runningPlans: z.array(z.string()).describe('Rollouts it was told to, each of which pauses at its next safe point'),
});

/**
 * Stops all writing to the fleet, an environment or a device. The row is the stop: whoever writes reads it first. Telling
 * running rollouts only makes them look sooner.
 */
export function emergencyStopAction({ database: { stops, devices }, fleet, log }: PlaceStopDeps): Action {
  return defineAction({
    name: 'emergency_stop',
    title: 'Emergency stop',
    description:
      'Stops all writing to the whole fleet, one environment or one device, at once: give exactly one of all, environment ' +
      'and deviceId. Running rollouts pause; devices being changed finish or take back what they began. Reads go on. ' +
      'Only an administrator can lift it, outside of these tools.',
    toolset: 'plans',
    isCore: false,
    rate: 'admin',
    phase: 1,
    roles: STOPPING_ROLES,
    scopes: ['fleet:plan', 'fleet:approve', 'fleet:write', 'fleet:admin'],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: false, idempotent: false },
    audited: true,
    actsUnrecorded: true,
    input: Input,
    output: Output,
    target: { on: 'nothing', findsDevices: true },
    async dispatch({ input, principal, callId }) {
      const place = async (): Promise<EmergencyStop> =>
        stops.place({
          stopId: `stp_${callId}`,
          scope: await scopeOf(devices, principal, input),
          reason: input.reason,
          placedBy: principal.sub,
          placedByName: nameOf(principal),
        });
      const stop = await place().catch((error: unknown) => {
        throw refusalOfStop(error);
      });
      // The stop holds, whatever becomes of telling it.
      const runningPlans = await stops.runningPlans(stop.scope).catch((error: unknown) => {
        log.warn({ err: error, stopId: stop.stopId }, 'rollout not told of a stop');
        return [];
      });
      const told = await Promise.allSettled(runningPlans.map((planId) => fleet.recheckRollout(planId)));
      for (const [index, result] of told.entries()) {
        // It looks by itself before its next device, or it has ended.
        const planId = runningPlans[index];
        if (result.status === 'rejected') log.warn({ err: result.reason, planId }, 'rollout not told of a stop');
      }
      return { output: { ...viewStop(stop), runningPlans } };
    },
    summarize: ({ stopId, scope, environment, deviceName, runningPlans }) =>
      `Stopped: ${sayScope(scope, environment, deviceName)} (${stopId}). ${runningPlans.length} running rollout(s) pause.`,
  });
}

/** A stop is a row as well. Without the database nobody can begin what it would stop, and that is worth knowing. */
function refusalOfStop(error: unknown): unknown {
  const refusal = refusalOfChange(error);
  if (!(refusal instanceof AppError) || refusal.code !== 'SERVICE_READ_ONLY') return error;
  return new AppError('SERVICE_READ_ONLY', {
    message:
      'The database takes no writes, so the stop is not in force. Until it does, no change is let through either.',
    hint: 'Repeat the call until it is taken: with the database changes are back as well.',
    details: refusal.details,
    cause: error,
  });
}

function sayScope(scope: string, environment: string | null, deviceName: string | null): string {
  return scope === 'all' ? 'the whole fleet' : (environment ?? deviceName ?? scope);
}

async function scopeOf(
  devices: Pick<Database['devices'], 'find'>,
  principal: Principal,
  { all, environment, deviceId }: z.output<typeof Input>,
): Promise<StopScope> {
  const given = [all, environment, deviceId].filter((value) => value !== undefined).length;
  if (given !== 1) {
    throw new AppError('VALIDATION_ERROR', {
      message: `Give exactly one of all, environment and deviceId; ${given === 0 ? 'none was' : `${given} were`} given.`,
    });
  }
  if (deviceId !== undefined) {
    const device = await resolveDevice(devices, principal, deviceId);
    if (!STOPPING_ROLES.some((role) => rolesOn(principal, device).includes(role))) throw mayNotStop(device.name);
    return { on: 'device', deviceId: device.deviceId };
  }
  const isCovered = (grant: DeviceGrant): boolean => {
    if ('all' in grant) return true;
    const isWhole = grant.tags === undefined && grant.ids === undefined;
    return environment !== undefined && isWhole && grant.environments?.includes(environment) === true;
  };
  const covers = principal.grants.some(
    ({ roles, devices: granted }) => STOPPING_ROLES.some((role) => roles.includes(role)) && granted.some(isCovered),
  );
  if (!covers) throw mayNotStop(environment ?? 'the whole fleet');
  return environment === undefined ? { on: 'all' } : { on: 'environment', environment };
}

function mayNotStop(what: string): AppError {
  return new AppError('FORBIDDEN', {
    message: `Your roles do not cover ${what}.`,
    hint: 'Stop the devices or the environment that you are responsible for.',
    details: { rolesNeeded: STOPPING_ROLES },
  });
}
