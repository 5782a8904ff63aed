import { breakerAt } from '../../../domain/breaker.ts';
import { CapabilityFlags, LanePolicy, TlsTrust, type Device } from '../../../domain/device.ts';
import type { DeviceEntity } from '../entities/device-entity.ts';
import { toIsoTime } from '../stored-time.ts';
import { currentMs } from '../../process/platform-clock.ts';

/** A row of `device` as plain data; the breaker as it is at this moment. */
export function toDevice(row: DeviceEntity): Device {
  return {
    deviceId: row.deviceId,
    name: row.name,
    host: row.host,
    restPort: row.restPort,
    sshPort: row.sshPort,
    sshHostKey: row.sshHostKey,
    environment: row.environment,
    tags: [...row.tags],
    flags: CapabilityFlags.parse(row.flags),
    status: row.status,
    tls: TlsTrust.parse(row.tls),
    lane: LanePolicy.parse(row.lane),
    identity: row.identity,
    model: row.model,
    version: row.version,
    serialNumber: row.serialNumber,
    breaker: breakerAt(row.breaker, currentMs()),
    createdAt: toIsoTime(row.createdAt),
    updatedAt: toIsoTime(row.updatedAt),
  };
}
