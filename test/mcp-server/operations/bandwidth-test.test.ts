import { describe, expect, it } from 'vitest';
import { CapabilityFlags, type Device } from '../../../shared/domain/device.ts';
import { addressToTest, isLetIn } from '../../../mcp-server/operations/bandwidth-test-route.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const MAY = { flags: CapabilityFlags.parse({ allowBandwidthTest: true }) };
const END = { isEnabled: true, wantsLogin: false, allowedFrom: ['10.20.1.1/32'], maxSessions: 100 };
const RESULT = {
  status: 'done_testing',
  receiveBps: 941_000_000,
  transmitBps: 90_000_000,
  lostPackets: 0,
  ownCpuPercent: 31,
  otherCpuPercent: 25,
};

interface Lab {
  front: TestFrontEnd;
  source: Device;
  target: Device;
  test: (role: string, more?: Record<string, unknown>) => Promise<Record<string, unknown> | undefined>;
}

/** Two routers in one network. */
async function start(): Promise<Lab> {
  const front = await startFrontEnd();
  const one = await addDevice(front.database, 'lab-01', MAY);
  const other = await addDevice(front.database, 'lab-02', MAY);
  front.fleet.answers.read = async ({ deviceId, operation }) => {
    const addresses = deviceId === one.deviceId ? ['10.20.1.1/16'] : ['10.20.1.2/16'];
    const output = operation === 'run_bandwidth_test' ? RESULT : { ...END, addresses };
    return { output, observedAt: '2027-01-02T03:04:05.000Z', door: 'nexus' };
  };
  const test: Lab['test'] = async (role, more = {}) => {
    const args = { deviceId: 'lab-01', targetDeviceId: 'lab-02', ...more };
    return (await callTool(front, await front.tokenOf(role), 'bandwidth_test', args)).structuredContent;
  };
  return { front, source: one, target: other, test };
}

describe('a bandwidth test', () => {
  it('runs on the source, against an address of the target, and is recorded', async () => {
    const { front, source, target, test } = await start();
    expect(await test('operator', { durationSeconds: 3, limitMbps: 100, comment: 'new link' })).toMatchObject({
      ...RESULT,
      deviceName: 'lab-01',
      targetDeviceId: target.deviceId,
      targetDeviceName: 'lab-02',
      address: '10.20.1.2',
      serverOpenToAll: false,
    });
    expect(front.fleet.reads.at(-1)).toEqual({
      deviceId: source.deviceId,
      operation: 'run_bandwidth_test',
      input: { address: '10.20.1.2', durationSeconds: 3, direction: 'both', protocol: 'tcp', limitMbps: 100 },
    });
    const [event] = await front.database.audit.list({ limit: 10 });
    expect(event).toMatchObject({ action: 'bandwidth_test', outcome: 'ok' });
  });

  it('is for those who may write', async () => {
    const { test } = await start();
    expect(await test('viewer')).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is not made where it may not, cannot, or would need a login', async () => {
    const { front, test } = await start();
    for (const [index, [why, args, target, server, code]] of REFUSED.entries()) {
      const name = `target-${index}`;
      await addDevice(front.database, name, { ...MAY, ...target });
      const usual = front.fleet.answers.read;
      front.fleet.answers.read = async (request) => {
        const reply = await usual!(request);
        return { ...reply, output: { ...reply.output, ...server } };
      };
      expect(await test('operator', { targetDeviceId: name, ...args }), why).toMatchObject({ code });
      front.fleet.answers.read = usual!;
    }
    expect(front.fleet.reads.map(({ operation }) => operation)).not.toContain('run_bandwidth_test');
  });
});

const REFUSED: [string, Record<string, unknown>, Partial<Device>, Partial<typeof END>, string][] = [
  ['the same device', { targetDeviceId: 'lab-01' }, {}, {}, 'VALIDATION_ERROR'],
  ['an address', { targetDeviceId: '10.20.1.2' }, {}, {}, 'DEVICE_NOT_FOUND'],
  ['a device of another environment', {}, { environment: 'prod' }, {}, 'DEVICE_ENVIRONMENT_RESTRICTED'],
  ['a device that does not allow it', {}, { flags: CapabilityFlags.parse({}) }, {}, 'DEVICE_CAPABILITY_MISSING'],
  ['a device that is no longer used', {}, { status: 'decommissioned' }, {}, 'DEVICE_DECOMMISSIONED'],
  ['a server that is off', {}, {}, { isEnabled: false }, 'CONFLICT'],
  ['a server that wants a login', {}, {}, { wantsLogin: true }, 'CONFLICT'],
  ['a server that lets others in only', {}, {}, { allowedFrom: ['10.20.9.0/24'] }, 'CONFLICT'],
  ['too long', { durationSeconds: 21 }, {}, {}, 'VALIDATION_ERROR'],
  ['an address of the caller', { address: '203.0.113.1' }, {}, {}, 'UNKNOWN_FIELD'],
];

it('its parts cannot be called by themselves', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01', MAY);
  const token = await front.tokenOf('admin');
  for (const name of ['inspect_bandwidth_end', 'run_bandwidth_test']) {
    const answer = await callTool(front, token, name, { deviceId: 'lab-01', address: '10.0.0.1' }).catch(String);
    expect(JSON.stringify(answer)).toContain(`Tool ${name} not found`);
    const url = `${front.apiUrl}/devices/lab-01/operations/${name}`;
    expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404);
  }
  expect(front.fleet.reads).toEqual([]);
});

it.each([
  ['the one it is registered under', '10.20.1.2', ['10.20.1.2/16', '10.0.0.2/24'], ['10.0.0.1/24'], '10.20.1.2'],
  ['one in a network of the source', 'vpn.example', ['10.20.1.2/16', '10.0.0.2/24'], ['10.0.0.1/24'], '10.0.0.2'],
  [
    'one that the source does not have too',
    'x',
    ['192.168.88.1/24', '10.0.0.2/24'],
    ['192.168.88.1/24', '10.0.0.1/24'],
    '10.0.0.2',
  ],
  ['none, when they share nothing', '127.0.0.1', ['10.1.0.1/24'], ['10.2.0.1/24'], null],
  ['none, when the registered one is the source too', '192.168.88.1', ['192.168.88.1/24'], ['192.168.88.1/24'], null],
])('the address of a target is %s', (_, host, target, source, expected) => {
  expect(addressToTest(host, target, source)).toBe(expected);
});

it.each([
  [[], true],
  [['10.20.1.1'], true],
  [['10.20.0.0/16', '10.1.0.0/16'], true],
  [['10.1.0.0/16'], false],
  [['nonsense'], false],
])('who is let in by %o', (allowed, expected) => {
  expect(isLetIn(['192.168.88.1/24', '10.20.1.1/16'], allowed)).toBe(expected);
});
