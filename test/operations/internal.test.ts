import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../activities/routeros/open-router.ts';
import { findOperation, OPERATIONS } from '../../shared/operations/index.ts';
import { inspectBandwidthEnd, INTERNAL_OPERATIONS } from '../../shared/operations/internal/index.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { startDevice } from '../activities/routeros/simulated-device.ts';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

test('internal operations are carried out, but not among those that callers see', () => {
  for (const operation of INTERNAL_OPERATIONS) {
    expect(findOperation(operation.name)).toBe(operation);
    expect(OPERATIONS).not.toContain(operation);
  }
});

const ADDRESSES = [
  { '.id': '*1', address: '10.20.1.2/16', disabled: 'false', invalid: 'false' },
  { '.id': '*2', address: '10.0.0.2/24', disabled: 'true' },
  { '.id': '*3', address: '10.9.0.2/24', disabled: 'false', invalid: 'true' },
];

test.each([
  [
    { enabled: 'true', authenticate: 'yes', 'max-sessions': '100' },
    { isEnabled: true, wantsLogin: true, allowedFrom: [], maxSessions: 100 },
  ],
  [
    { enabled: 'no', authenticate: 'false', 'allowed-addresses4': '10.20.1.1/32,10.0.0.0/8' },
    { isEnabled: false, wantsLogin: false, allowedFrom: ['10.20.1.1/32', '10.0.0.0/8'], maxSessions: null },
  ],
])('a bandwidth server that says %o', async (server, expected) => {
  const router = cannedRouter({ '/tool/bandwidth-server': server, '/ip/address': ADDRESSES });
  expect(await read('inspect_bandwidth_end', router)).toEqual({ ...expected, addresses: ['10.20.1.2/16'] });
});

const RUNNING: RouterRecord = {
  '.section': '1',
  direction: 'both',
  duration: '1s',
  'local-cpu-load': '31',
  'lost-packets': '2',
  'remote-cpu-load': '25%',
  'rx-total-average': '941000000',
  status: 'running',
  'tx-total-average': '938.5Mbps',
};

async function run(rows: RouterRecord[], input: Record<string, unknown> = {}) {
  const asked: Record<string, string>[] = [];
  const commands = {
    '/tool bandwidth-test': (args: Record<string, string>) => {
      asked.push(args);
      return rows;
    },
  };
  const router = cannedRouter({}, {}, { commands });
  return { output: await read('run_bandwidth_test', router, { address: '10.20.1.2', ...input }), asked };
}

test('a test tells the figures of its last moment, and never sends a login', async () => {
  const { output, asked } = await run([{ status: 'connecting' }, RUNNING, { ...RUNNING, status: 'done testing' }], {
    limitMbps: 50,
  });
  expect(output).toEqual({
    status: 'done_testing',
    receiveBps: 941_000_000,
    transmitBps: 938_500_000,
    lostPackets: 2,
    ownCpuPercent: 31,
    otherCpuPercent: 25,
  });
  expect(asked).toEqual([
    {
      address: '10.20.1.2',
      duration: '5s',
      direction: 'both',
      protocol: 'tcp',
      user: '',
      password: '',
      'local-tx-speed': '50M',
      'remote-tx-speed': '50M',
    },
  ]);
});

test.each([
  [[{ status: 'connecting' }, { status: 'can not connect' }], 'can_not_connect'],
  [[], 'unknown'],
])('a test that did not come about says so', async (rows, status) => {
  expect((await run(rows)).output).toMatchObject({ status, receiveBps: null, transmitBps: null });
});

test.each([
  { address: 'router.lan' },
  { address: '10.0.0.1', durationSeconds: 2 },
  { address: '10.0.0.1', durationSeconds: 21 },
  { address: '10.0.0.1', user: 'admin' },
])('a test with %o is refused', (input) => {
  expect(findOperation('run_bandwidth_test')?.input.safeParse(input).success).toBe(false);
});

test.each(['7.12.2', '7.23.2'])('both ends of a test can be asked with RouterOS %s', async (version) => {
  const device = await startDevice({ http: true, board: 'chr', version });
  onTestFinished(device.stop);
  const { paths } = inspectBandwidthEnd;
  const { router, ...opened } = openRouter({ ...device.target, paths, effect: 'read' });
  onTestFinished(() => opened.close());
  expect(await read('inspect_bandwidth_end', router)).toEqual({
    isEnabled: true,
    wantsLogin: true,
    allowedFrom: [],
    maxSessions: 100,
    addresses: ['10.20.1.1/16', '192.168.88.1/24'],
  });
});
