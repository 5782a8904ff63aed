import { z } from 'zod';
import type { ErrorBody } from '../errors/app-error.ts';
import { ERROR_CODES } from '../errors/codes.ts';
import type { Device } from './device.ts';
import { Environment } from './environment.ts';

/** What a stop covers. */
export const StopScope = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal('all') }),
  z.strictObject({ on: z.literal('environment'), environment: Environment }),
  z.strictObject({ on: z.literal('device'), deviceId: z.string() }),
]);
export type StopScope = z.infer<typeof StopScope>;

/**
 * Somebody said that nothing new is to be written there. Each stop stands alone: what one person stopped stays stopped
 * until that very stop is lifted.
 */
export interface EmergencyStop {
  /** `stp_` + ULID. */
  stopId: string;
  scope: StopScope;
  /** Of the stopped device; null for wider stops. */
  deviceName: string | null;
  reason: string;
  /** Subject of the person, and how to name them. */
  placedBy: string;
  placedByName: string;
  /** ISO 8601, as all times here. */
  placedAt: string;
  /** Null while the stop holds, with the three below. */
  liftedAt: string | null;
  liftedBy: string | null;
  liftedByName: string | null;
  liftReason: string | null;
}

type Place = Pick<Device, 'deviceId' | 'environment'>;

/** Whether the stop holds on the device, lifted stops aside. */
function stopCovers({ scope }: Pick<EmergencyStop, 'scope'>, { deviceId, environment }: Place): boolean {
  if (scope.on === 'all') return true;
  return scope.on === 'environment' ? scope.environment === environment : scope.deviceId === deviceId;
}

/**
 * The first of the stops that holds on any of the devices, or null. Of no devices, only a stop of the whole fleet does.
 * With `askedAt` (ISO 8601), stops that were in place by then do not count: whoever asked then knew of them.
 */
export function stopOver(
  stops: readonly EmergencyStop[],
  devices: readonly Place[],
  askedAt?: string,
): EmergencyStop | null {
  const counted = stops.filter(
    ({ liftedAt, placedAt }) =>
      liftedAt === null && (askedAt === undefined || Date.parse(placedAt) > Date.parse(askedAt)),
  );
  const holds = (stop: EmergencyStop): boolean =>
    stop.scope.on === 'all' || devices.some((device) => stopCovers(stop, device));
  return counted.find(holds) ?? null;
}

/** `the whole fleet`, `the environment prod`, `the device lab-01`. */
function sayStopScope({ scope, deviceName }: Pick<EmergencyStop, 'scope' | 'deviceName'>): string {
  if (scope.on === 'all') return 'the whole fleet';
  return scope.on === 'environment'
    ? `the environment ${scope.environment}`
    : `the device ${deviceName ?? scope.deviceId}`;
}

/** The refusal of a write under the stop: names scope, who, when and why. */
export function stopRefusal(stop: EmergencyStop): ErrorBody {
  const { stopId, scope, placedByName, placedAt, reason } = stop;
  const why = reason.replaceAll(/\s+/g, ' ');
  return {
    code: 'EMERGENCY_STOP',
    message: `Writing to ${sayStopScope(stop)} was stopped by ${placedByName} at ${placedAt}: "${why}".`,
    hint: 'Reads go on. An administrator can lift the stop; nothing goes on by itself afterwards.',
    retryable: ERROR_CODES.EMERGENCY_STOP.retryable,
    details: { stopId, scope, placedBy: stop.placedBy, placedAt, reason },
  };
}
