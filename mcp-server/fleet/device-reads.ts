import { HealthReadings } from '../../shared/domain/health-sample.ts';
import type { Operation } from '../../shared/operations/define-operation.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import type { DeviceRateLimiter } from '../call/limit-rate.ts';
import type { HealthRecorder } from './health-recorder.ts';

export interface DeviceReadDeps {
  fleet: Pick<FleetClient, 'read'>;
  operations: readonly Operation[];
  /** Of reads that make a router work. */
  activeRate: DeviceRateLimiter;
  health: Pick<HealthRecorder, 'record'>;
}

/** The read whose answers are kept as samples. */
const HEALTH_OPERATION = 'get_device_health';

/**
 * Reads as every caller makes them, of one device or of many: those that make a router work are counted against that router
 * whoever asks, and what a device says of its health is kept.
 */
export function createDeviceReads({
  fleet,
  operations,
  activeRate,
  health,
}: DeviceReadDeps): Pick<FleetClient, 'read'> {
  const active = new Set(operations.filter(isActive).map(({ name }) => name));
  return {
    async read(request, options) {
      const { deviceId, operation } = request;
      if (active.has(operation)) activeRate.take(deviceId);
      const reply = await fleet.read(request, options);
      if (operation === HEALTH_OPERATION) {
        const readings = HealthReadings.safeParse(reply.output);
        if (readings.success) health.record({ deviceId, at: reply.observedAt, ...readings.data });
      }
      return reply;
    },
  };
}

function isActive(operation: Operation): boolean {
  return operation.effect === 'read' && operation.isActive === true;
}
