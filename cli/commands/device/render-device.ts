import { plainText } from '../../client/plain-text.ts';
import type { DeviceDetail } from '../../client/shapes.ts';

/** A router's record, one fact a line. */
export function renderDevice(device: DeviceDetail): string {
  const { tls, lane } = device;
  const flags = Object.keys(device.flags).filter((flag) => device.flags[flag]);
  const facts: [string, string | null][] = [
    ['name', device.name],
    ['id', device.deviceId],
    ['address', `${device.host}:${device.restPort}`],
    ['environment', device.environment],
    ['status', device.status],
    ['health', healthText(device.health)],
    ['last seen', device.health?.lastSeenAt ?? null],
    ['breaker', breakerText(device.breaker)],
    ['identity', device.identity],
    ['model', device.model],
    ['version', device.version],
    ['serial number', device.serialNumber],
    ['TLS', tls.mode === 'pinned' ? `pinned ${tls.fingerprint256 ?? ''}` : tls.mode],
    ['SSH', device.sshPort === null ? 'no' : `port ${device.sshPort}, host key ${device.sshHostKey ?? ''}`],
    ['tags', device.tags.join(', ')],
    ['allowed', flags.join(', ') || 'reading only'],
    ['lane', `${lane.maxInFlight} at a time, ${lane.requestsPerSecond} requests a second`],
  ];
  return facts.map(([name, value]) => `${`${name}:`.padEnd(15)}${plainText(value || '-')}`).join('\n');
}

/** `critical since 2027-01-01T00:00:00.000Z`. */
function healthText(health: DeviceDetail['health']): string | null {
  if (health === undefined) return null;
  const { status, since, isFlapping } = health;
  return `${status}${since === null ? '' : ` since ${since}`}${isFlapping ? ', comes and goes' : ''}`;
}

/** `closed`, or what the router is waiting for. */
function breakerText({ state, failures, retryAt }: DeviceDetail['breaker']): string {
  if (state === 'open') return `open after ${failures} failures; left alone until ${retryAt ?? '-'}`;
  if (state === 'half_open') return `half open after ${failures} failures; the next request tries it`;
  return failures === 0 ? state : `${state}, ${failures} failures in a row`;
}
