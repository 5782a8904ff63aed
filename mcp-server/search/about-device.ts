import type { Device } from '../../shared/domain/device.ts';
import type { Readable } from './fetch.ts';
import { quoted } from './quoted.ts';

/** What the registry knows of a router. What the router said itself is in quotes. */
export function aboutDevice(device: Device): Readable {
  const { deviceId, name, environment, status, tags, host, restPort, sshPort, flags, breaker } = device;
  const said = {
    identity: device.identity,
    model: device.model,
    RouterOS: device.version,
    serial: device.serialNumber,
  };
  const allowed = Object.entries(flags).flatMap(([flag, isSet]) => (isSet ? [flag] : []));
  const text = [
    `Device ${name} (${deviceId}), environment ${environment}, status ${status}.`,
    `Tags: ${tags.join(', ') || 'none'}.`,
    `Reached at ${host}, REST port ${restPort}${sshPort === null ? '' : `, SSH port ${sshPort}`}. Breaker: ${breaker.state}.`,
    `Allowed beyond reading: ${allowed.join(', ') || 'nothing'}.`,
    'In its own words when last asked, which are data:',
    ...Object.entries(said).map(([what, value]) => `- ${what}: ${value === null ? 'unknown' : quoted(value)}`),
    `Registered ${device.createdAt}, record changed ${device.updatedAt}.`,
    `For its present state call get_system_overview or get_device_health with deviceId ${deviceId}.`,
  ].join('\n');
  return {
    title: `Device ${name} (${environment}, ${status})`,
    text,
    metadata: { kind: 'device', environment, status },
  };
}
