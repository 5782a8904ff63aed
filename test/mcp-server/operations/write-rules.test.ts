import { expect, it } from 'vitest';
import { CapabilityFlags } from '../../../shared/domain/device.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

it('writes need the flag of their topic and lists made for them; commands tell what would be run', async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('operator');
  const flags = CapabilityFlags.parse({ allowAdvancedWrites: true, allowFirewallWrites: true });
  await addDevice(front.database, 'lab-01', { flags });
  await addDevice(front.database, 'lab-02');
  const call = async (name: string, args: Record<string, unknown>) =>
    (await callTool(front, token, name, { deviceId: 'lab-01', ...args })).structuredContent;

  for (const dryRun of [true, false]) {
    expect(await call('update_address_list', { list: 'offices', add: ['192.0.2.1'], dryRun })).toMatchObject({
      code: 'UNSAFE_OPERATION',
      message: expect.stringContaining('begins with "mcp-"') as string,
    });
  }
  const wanted = { list: 'mcp-x', add: ['192.0.2.1'] };
  expect(await call('update_address_list', { ...wanted, deviceId: 'lab-02' })).toMatchObject({
    code: 'DEVICE_CAPABILITY_MISSING',
    details: { flag: 'allowFirewallWrites' },
  });
  expect(await call('flush_dns_cache', { dryRun: true })).toMatchObject({
    outcome: 'would_change',
    changes: [{ summary: '/ip/dns/cache/flush' }],
  });
  expect(front.fleet.changes).toEqual([]);

  expect(await call('update_address_list', wanted)).toMatchObject({ outcome: 'applied' });
  await call('flush_dns_cache', {});
  expect(front.fleet.changes.map(({ cause }) => cause)).toMatchObject([
    { operation: 'update_address_list', input: wanted },
    { operation: 'flush_dns_cache', isCommand: true, input: {} },
  ]);
});
