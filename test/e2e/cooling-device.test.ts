import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeviceChangeResult } from '../../shared/contract/device-messages.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { serversOf, writesOf } from '../support/plans.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 2 });
}, 120_000);
afterAll(() => platform?.stop());

function setDns(index: number): Promise<DeviceChangeResult> {
  const { deviceId, name: deviceName } = platform.devices[index]!;
  const operation = 'update_dns_servers';
  const input = { dnsServers: ['9.9.9.9'] };
  const cause = { by: 'operation', operation, input, requestedBy: 'olga', correlationId: deviceName } as const;
  return platform.fleet.change({ deviceId, deviceName, cause });
}

const breakerOf = async (index: number): Promise<string | undefined> =>
  (await platform.database.devices.get(platform.devices[index]!.deviceId))?.breaker.state;

it('an unclear write is settled although the device is left alone meanwhile', async () => {
  const [router] = platform.simulator.routers;
  const { name } = platform.devices[0]!;
  await router!.setFaults([{ kind: 'drop_reply', match: { method: 'POST', path: '/ip/dns/set' }, count: 1 }]);
  const changed = setDns(0);
  await waitUntil('the write', () => writesOf(platform, name)['/ip/dns'] === 1);
  await router!.setFaults([{ kind: 'refuse' }]);
  await waitUntil('the breaker to open', async () => (await breakerOf(0)) === 'open');
  await router!.setFaults([]);
  expect(await changed).toMatchObject({ outcome: 'applied', error: null });
  expect(serversOf(platform, name).dns).toBe('9.9.9.9');
  expect(writesOf(platform, name)).toEqual({ '/ip/dns': 1 });
  await waitUntil('the breaker to close', async () => (await breakerOf(0)) === 'closed');
}, 120_000);

it('whoever calls an operation is told at once that the device is left alone, and for how long', async () => {
  await platform.simulator.routers[1]!.setFaults([{ kind: 'refuse' }]);
  expect(await setDns(1)).toMatchObject({ outcome: 'refused', error: { code: 'DEVICE_UNREACHABLE' } });
  expect(await breakerOf(1)).toBe('open');
  const refused = await setDns(1);
  expect(refused).toMatchObject({ outcome: 'refused', error: { code: 'DEVICE_COOLING_DOWN', retryable: true } });
  expect(refused.error?.details).toMatchObject({ retryAfterSeconds: expect.any(Number), lastFailure: 'unreachable' });
}, 60_000);
