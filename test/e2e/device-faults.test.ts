import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DeviceChangeResult } from '../../shared/contract/device-messages.ts';
import type { Device } from '../../shared/domain/device.ts';
import { CertificateStore } from '../../simulator/certificate-store.ts';
import type { Fault } from '../../simulator/router/fault.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { serversOf, writesOf } from '../support/plans.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;
let used = 0;

beforeAll(async () => {
  platform = await startPlatform({ routers: 11 });
}, 120_000);
afterAll(() => platform?.stop());

/** A router no other test of this file has touched. */
function nextDevice(): { device: Device; router: TestPlatform['simulator']['routers'][number] } {
  const index = used++;
  return { device: platform.devices[index]!, router: platform.simulator.routers[index]! };
}

function setDns(device: Device, servers = ['9.9.9.9']): Promise<DeviceChangeResult> {
  return platform.fleet.change({
    deviceId: device.deviceId,
    deviceName: device.name,
    cause: {
      by: 'operation',
      operation: 'update_dns_servers',
      input: { dnsServers: servers },
      requestedBy: 'olga',
      correlationId: `test-${device.name}`,
    },
  });
}

const DNS_WRITE = { method: 'POST', path: '/ip/dns/set' } as const;

describe('the outcome of a write is the true one when the router', () => {
  it('is well: applied, written once, and read back', async () => {
    const { device } = nextDevice();
    expect(await setDns(device)).toMatchObject({ outcome: 'applied', error: null });
    expect(serversOf(platform, device.name).dns).toBe('9.9.9.9');
    expect(writesOf(platform, device.name)).toEqual({ '/ip/dns': 1 });
    expect(await setDns(device)).toMatchObject({ outcome: 'unchanged', error: null });
    expect(writesOf(platform, device.name)).toEqual({ '/ip/dns': 1 });
  });

  it.each<[string, Fault, Partial<DeviceChangeResult> & { outcome: string }, string | null, boolean]>([
    [
      'refuses it: nothing written',
      { kind: 'error', match: DNS_WRITE, status: 400, detail: 'failure: no' },
      { outcome: 'refused' },
      'DEVICE_ERROR',
      false,
    ],
    [
      'applies it but drops the reply: applied, by reading, without a second write',
      { kind: 'drop_reply', match: DNS_WRITE, count: 1 },
      { outcome: 'applied' },
      null,
      true,
    ],
    [
      'answers 500 and applies nothing: settled by reading, then written',
      { kind: 'error', match: DNS_WRITE, status: 500, count: 1 },
      { outcome: 'applied' },
      null,
      true,
    ],
    [
      'always answers 500: nothing written, and said so',
      { kind: 'error', match: DNS_WRITE, status: 500 },
      { outcome: 'refused' },
      'DEVICE_ERROR',
      false,
    ],
    ['refuses the login: nothing written', { kind: 'auth' }, { outcome: 'refused' }, 'DEVICE_AUTH_FAILED', false],
    ['refuses connections: nothing written', { kind: 'refuse' }, { outcome: 'refused' }, 'DEVICE_UNREACHABLE', false],
    [
      'hangs on the write: settled by reading, then written',
      { kind: 'hang', match: DNS_WRITE, count: 1 },
      { outcome: 'applied' },
      null,
      true,
    ],
  ])(
    '%s',
    async (_, fault, expected, code, isWritten) => {
      const { device, router } = nextDevice();
      await router.setFaults([fault]);
      onTestFinished(() => router.setFaults([]));
      const result = await setDns(device);
      expect(result).toMatchObject(expected);
      expect(result.error?.code ?? null).toBe(code);
      expect(serversOf(platform, device.name).dns === '9.9.9.9').toBe(isWritten);
      expect(writesOf(platform, device.name)).toEqual(isWritten ? { '/ip/dns': 1 } : {});
    },
    180_000,
  );

  it('drops the reply and somebody else writes meanwhile: unknown, and theirs is left alone', async () => {
    const { device, router } = nextDevice();
    await router.setFaults([{ kind: 'drop_reply', match: DNS_WRITE, count: 1 }]);
    const changed = setDns(device);
    await waitUntil('the write', () => serversOf(platform, device.name).dns === '9.9.9.9', { everyMs: 5 });
    router.router.items('/ip/dns')[0]!.values['servers'] = '192.0.2.99';
    expect(await changed).toMatchObject({ outcome: 'unknown', error: { code: 'OUTCOME_UNKNOWN' } });
    expect(serversOf(platform, device.name).dns).toBe('192.0.2.99');
    expect(writesOf(platform, device.name)).toEqual({ '/ip/dns': 1 });
  }, 120_000);

  it('shows another certificate than the pinned one: nothing written', async () => {
    const { device, router } = nextDevice();
    router.changeCertificate(await new CertificateStore(undefined).renew(router.name, router.host));
    const result = await setDns(device);
    expect(result).toMatchObject({ outcome: 'refused', error: { code: 'DEVICE_TLS_MISMATCH' } });
    expect(writesOf(platform, device.name)).toEqual({});
  }, 120_000);

  it('is being changed by somebody else: the second caller is told that the device is busy', async () => {
    const { device, router } = nextDevice();
    router.latencyMs = 200;
    const both = await Promise.allSettled([setDns(device, ['9.9.9.9']), setDns(device, ['1.1.1.1'])]);
    const outcomes = both.map((one) => (one.status === 'fulfilled' ? one.value.outcome : String(one.reason.code)));
    expect(new Set(outcomes)).toEqual(new Set(['applied', 'DEVICE_BUSY']));
    expect(writesOf(platform, device.name)).toEqual({ '/ip/dns': 1 });
  });
});
