import { ulid } from 'ulid';
import { CLOSED_BREAKER } from '../../../shared/domain/breaker.ts';
import { CapabilityFlags, LanePolicy, type Device } from '../../../shared/domain/device.ts';
import type { Database } from '../../../shared/platform/persistence/database.ts';

/** Registers a device row as registration would leave it; every field can be replaced. */
export async function addDevice(database: Database, name: string, fields: Partial<Device> = {}): Promise<Device> {
  const now = new Date().toISOString();
  const device: Device = {
    deviceId: `dev_${ulid()}`,
    name,
    host: '127.0.0.1',
    restPort: 443,
    sshPort: null,
    sshHostKey: null,
    environment: 'lab',
    tags: [],
    flags: CapabilityFlags.parse({ allowAdvancedWrites: true, allowProfessionalWorkflows: true }),
    status: 'healthy',
    tls: { mode: 'plaintext' },
    lane: LanePolicy.parse({}),
    identity: name,
    model: 'RB5009',
    version: '7.20.8',
    serialNumber: null,
    breaker: CLOSED_BREAKER,
    createdAt: now,
    updatedAt: now,
    ...fields,
  };
  await database.devices.insert(device, 'sealed-for-a-test');
  return device;
}
