import { expect, it, onTestFinished } from 'vitest';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { callTool } from '../mcp-server/support/mcp-calls.ts';
import { startFrontEnd } from '../mcp-server/support/start-front-end.ts';
import { startPlatform } from '../support/platform.ts';
import { testStack } from '../support/test-stack.ts';

it('a bandwidth test runs between two routers, and no router ever sees a login of another one', async () => {
  const platform = await startPlatform({ routers: 2, flags: { allowBandwidthTest: true } });
  onTestFinished(() => platform.stop());
  const { database, fleet } = platform;
  const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
  const front = await startFrontEnd({ backEnd: { database, fleet, keyring } });
  const [source, target] = platform.devices.map(({ name }) => name);
  const token = await front.tokenOf('operator');
  const test = async () => {
    const args = { deviceId: source, targetDeviceId: target, durationSeconds: 3, limitMbps: 200 };
    return (await callTool(front, token, 'bandwidth_test', args)).structuredContent;
  };
  const server = platform.simulator.routers[1]!.router.items('/tool/bandwidth-server')[0]!.values;

  expect(await test()).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('wants a login') as string });
  Object.assign(server, { authenticate: 'false', 'allowed-addresses4': '10.20.1.9/32' });
  expect(await test()).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('does not let') as string });
  Object.assign(server, { 'allowed-addresses4': '10.20.1.1/32' });
  expect(await test()).toMatchObject({
    deviceName: source,
    targetDeviceName: target,
    address: '10.20.1.2',
    status: 'done_testing',
    receiveBps: 200_000_000,
    transmitBps: 200_000_000,
    serverOpenToAll: false,
  });
  Object.assign(server, { enabled: 'false' });
  expect(await test()).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('is off') as string });
}, 90_000);
