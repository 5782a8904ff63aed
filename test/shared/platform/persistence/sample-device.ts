import { ulid } from 'ulid';
import { CLOSED_BREAKER } from '../../../../shared/domain/breaker.ts';
import { CapabilityFlags, type Device } from '../../../../shared/domain/device.ts';

/** A healthy lab device; `name` and whatever matters to the test are given. */
export function sampleDevice(given: Partial<Device> & { name: string }): Device {
  const now = new Date().toISOString();
  return {
    deviceId: `dev_${ulid()}`,
    host: '192.0.2.1',
    restPort: 443,
    sshPort: null,
    sshHostKey: null,
    environment: 'lab',
    tags: [],
    flags: CapabilityFlags.parse({}),
    status: 'healthy',
    tls: { mode: 'pinned', fingerprint256: Array.from({ length: 32 }, () => 'AB').join(':') },
    lane: { maxInFlight: 2, requestsPerSecond: 5 },
    identity: 'MikroTik',
    model: 'hAP ax^3',
    version: '7.20.8',
    serialNumber: null,
    breaker: CLOSED_BREAKER,
    createdAt: now,
    updatedAt: now,
    ...given,
  };
}
