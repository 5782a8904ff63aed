import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceChangeResult } from '../../shared/contract/device-messages.ts';
import { findOperation } from '../../shared/operations/index.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 4, workers: 0 });
  await platform.startWorker({ CONVOY_BREAKER_COOL_DOWN_SECONDS: '1', CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS: '2' });
}, 120_000);
afterAll(() => platform?.stop());

type Rows = readonly Readonly<Record<string, string>>[];

function lab(index: number) {
  const device = platform.devices[index]!;
  const simulated = platform.simulator.routers[index]!;
  const write = (operation: string, input: Record<string, unknown>): Promise<DeviceChangeResult> => {
    const isCommand = findOperation(operation)?.effect === 'command' ? ({ isCommand: true } as const) : {};
    const who = { requestedBy: 'olga', correlationId: ulid() };
    return platform.fleet.change({
      deviceId: device.deviceId,
      deviceName: device.name,
      cause: { by: 'operation', operation, ...isCommand, input, ...who },
    });
  };
  return { device, simulated, write, rows: (menu: string): Rows => simulated.router.rows(menu) };
}

/** Carried out twice, a write is applied and then finds nothing to do. */
async function appliedOnce(own: ReturnType<typeof lab>, operation: string, input: Record<string, unknown>) {
  const first = await own.write(operation, input);
  expect(first).toMatchObject({ outcome: 'applied', error: null });
  expect(await own.write(operation, input)).toEqual({ outcome: 'unchanged', changes: [], error: null });
  return first.changes.map(({ summary }) => summary);
}

describe('addresses', () => {
  const held = (own: ReturnType<typeof lab>) =>
    own.rows('/ip/address').map((row) => `${row['address']} ${row['interface']}`);

  it('are added once and removed once', async () => {
    const own = lab(0);
    const before = held(own);
    const address = { address: '198.51.100.1/24', interface: 'bridge' };
    expect(await appliedOnce(own, 'add_ip_address', { ...address, entryComment: 'lab' })).toContain(
      '/ip/address[address=198.51.100.1/24, interface=bridge] comment: (none) → lab',
    );
    expect(held(own)).toEqual([...before, '198.51.100.1/24 bridge']);
    await appliedOnce(own, 'remove_ip_address', address);
    expect(held(own)).toEqual(before);
    expect(own.rows('/system/scheduler')).toEqual([]);
  }, 90_000);

  it('are refused when they overlap, or carry the management', async () => {
    const own = lab(0);
    const before = held(own);
    expect(await own.write('add_ip_address', { address: '192.168.88.129/25', interface: 'ether2' })).toMatchObject({
      outcome: 'refused',
      error: { code: 'CONFLICT', message: expect.stringContaining('192.168.88.129/25 overlaps') as string },
    });
    expect(await own.write('add_ip_address', { address: '203.0.113.1/24', interface: 'ether99' })).toMatchObject({
      outcome: 'refused',
      error: { code: 'DEVICE_REFERENCE_MISSING' },
    });
    expect(await own.write('remove_ip_address', { address: '10.20.1.1/16', interface: 'ether1' })).toMatchObject({
      outcome: 'refused',
      error: { code: 'UNSAFE_OPERATION', message: expect.stringContaining('is managed') as string },
    });
    expect(held(own)).toEqual(before);
  }, 60_000);
});

describe('interfaces', () => {
  const held = (own: ReturnType<typeof lab>, name: string) =>
    own.rows('/interface').find((row) => row['name'] === name);

  it('are disabled and enabled once, except the one that carries the management', async () => {
    const own = lab(1);
    await appliedOnce(own, 'set_interface_enabled', { interface: 'ether3', enabled: false });
    expect(held(own, 'ether3')?.['disabled']).toBe('true');
    await appliedOnce(own, 'set_interface_enabled', { interface: 'ether3', enabled: true });
    expect(held(own, 'ether3')?.['disabled']).toBe('false');
    expect(await own.write('set_interface_enabled', { interface: 'ether1', enabled: false })).toMatchObject({
      outcome: 'refused',
      error: { code: 'UNSAFE_OPERATION', message: expect.stringContaining('carries the connection') as string },
    });
    expect(held(own, 'ether1')?.['disabled']).toBe('false');
  }, 90_000);

  it('get a comment once, and lose it once', async () => {
    const own = lab(1);
    await appliedOnce(own, 'set_interface_comment', { interface: 'ether4', text: 'rack "B", port 7' });
    expect(held(own, 'ether4')?.['comment']).toBe('rack "B", port 7');
    await appliedOnce(own, 'set_interface_comment', { interface: 'ether4', text: '' });
    expect(held(own, 'ether4')?.['comment']).toBeUndefined();
  }, 90_000);
});

describe('address lists', () => {
  const listed = (own: ReturnType<typeof lab>, menu = '/ip/firewall/address-list') =>
    own
      .rows(menu)
      .filter((row) => row['list'] === 'mcp-blocked')
      .map((row) => [row['address'], row['comment'], row['timeout'] && 'for a time'].filter(Boolean).join(' '));

  it('hold what was added once, and no longer what was removed', async () => {
    const own = lab(2);
    await appliedOnce(own, 'update_address_list', {
      list: 'mcp-blocked',
      add: ['192.0.2.7', '198.51.100.0/24', '2001:DB8:bad::/48'],
      entryComment: 'scans',
    });
    expect(listed(own)).toEqual(['192.0.2.7 scans', '198.51.100.0/24 scans']);
    expect(listed(own, '/ipv6/firewall/address-list')).toEqual(['2001:db8:bad::/48 scans']);
    await appliedOnce(own, 'update_address_list', {
      list: 'mcp-blocked',
      add: ['203.0.113.9'],
      remove: ['192.0.2.7/32', '2001:db8:bad::/48'],
      timeoutSeconds: 3600,
    });
    expect(listed(own)).toEqual(['198.51.100.0/24 scans', '203.0.113.9 for a time']);
    expect(listed(own, '/ipv6/firewall/address-list')).toEqual([]);
    await appliedOnce(own, 'update_address_list', { list: 'mcp-blocked', add: ['203.0.113.9'] });
    await appliedOnce(own, 'update_address_list', { list: 'mcp-blocked', remove: ['203.0.113.9', '198.51.100.0/24'] });
    expect(listed(own)).toEqual([]);
    expect(own.rows('/system/scheduler')).toEqual([]);
  }, 120_000);

  it('are as before when a part of the change is refused', async () => {
    const own = lab(2);
    await own.simulated.setFaults([
      {
        kind: 'error',
        status: 400,
        detail: 'failure: no',
        match: { method: 'PUT', path: '/ipv6/firewall/address-list' },
      },
    ]);
    const result = await own.write('update_address_list', {
      list: 'mcp-blocked',
      add: ['192.0.2.7', '2001:db8:bad::/48'],
    });
    await own.simulated.setFaults([]);
    expect(result).toMatchObject({ outcome: 'reverted', error: { code: 'DEVICE_ERROR' } });
    expect([listed(own), own.rows('/system/scheduler')]).toEqual([[], []]);
  }, 90_000);

  it('keep entries with a time through a change that is taken back', async () => {
    const own = lab(2);
    const block = { list: 'mcp-blocked', add: ['192.0.2.7'] };
    expect(await own.write('update_address_list', { ...block, timeoutSeconds: 7200 })).toMatchObject({
      outcome: 'applied',
    });
    await own.simulated.setFaults([
      {
        kind: 'error',
        status: 400,
        detail: 'failure: no',
        match: { method: 'PUT', path: '/ip/firewall/address-list' },
        count: 1,
      },
    ]);
    // The entry with a time goes first, because a router takes no address twice.
    const result = await own.write('update_address_list', block);
    await own.simulated.setFaults([]);
    expect(result).toMatchObject({ outcome: 'reverted' });
    expect(listed(own)).toEqual(['192.0.2.7 for a time']);
    expect(await own.write('update_address_list', { list: 'mcp-blocked', remove: ['192.0.2.7'] })).toMatchObject({
      outcome: 'applied',
    });
  }, 90_000);
});

describe('the DNS cache', () => {
  const flushes = ({ simulated }: ReturnType<typeof lab>) =>
    simulated.router.journal.entries().filter(({ path }) => path.includes('/ip/dns/cache')).length;

  it('is emptied, and once more when the reply was lost', async () => {
    const own = lab(3);
    expect(await own.write('flush_dns_cache', {})).toEqual({
      outcome: 'applied',
      changes: [{ path: '/ip/dns/cache', key: 'flush', before: null, after: 'run', summary: '/ip/dns/cache/flush' }],
      error: null,
    });
    expect(flushes(own)).toBe(1);
    await own.simulated.setFaults([
      { kind: 'drop_reply', match: { method: 'POST', path: '/ip/dns/cache/flush' }, count: 1 },
    ]);
    expect(await own.write('flush_dns_cache', {})).toMatchObject({ outcome: 'applied' });
    expect(flushes(own)).toBe(3);
  }, 90_000);

  it('is said to be in doubt when no reply ever comes, and left alone when the router refuses', async () => {
    const own = lab(3);
    const match = { method: 'POST', path: '/ip/dns/cache/flush' };
    await own.simulated.setFaults([{ kind: 'drop_reply', match }]);
    expect(await own.write('flush_dns_cache', {})).toMatchObject({
      outcome: 'unknown',
      error: { code: 'OUTCOME_UNKNOWN' },
    });
    await own.simulated.setFaults([{ kind: 'error', status: 500, detail: 'not enough permissions (9)', match }]);
    expect(await own.write('flush_dns_cache', {})).toMatchObject({
      outcome: 'refused',
      error: { code: 'DEVICE_PERMISSION_DENIED' },
    });
    await own.simulated.setFaults([]);
  }, 90_000);

  it('is not touched while somebody works on the device in safe mode', async () => {
    const own = lab(3);
    own.simulated.router.safeMode.take({ user: 'alice', via: 'ssh' });
    const before = flushes(own);
    expect(await own.write('flush_dns_cache', {})).toMatchObject({
      outcome: 'refused',
      error: { code: 'DEVICE_BUSY' },
    });
    own.simulated.router.safeMode.release();
    expect(flushes(own)).toBe(before);
  }, 60_000);
});

it('all of it replays', async () => {
  expect(await expectAllToReplay(platform)).toContain('deviceChangeWorkflow');
}, 60_000);
