import { expect, test } from 'vitest';
import { findOperation } from '../../shared/operations/index.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

function answering(command: string, rows: RouterRecord[]) {
  const asked: Record<string, string>[] = [];
  const commands = {
    [`/tool ${command}`]: (args: Record<string, string>) => {
      asked.push(args);
      return rows;
    },
  };
  return { asked, router: cannedRouter({}, {}, { commands }) };
}

const ANSWERED = {
  'avg-rtt': '453us',
  host: '10.0.0.1',
  'max-rtt': '1ms21us',
  'min-rtt': '453us',
  'packet-loss': '0',
  received: '1',
  sent: '1',
  seq: '0',
  size: '56',
  time: '453us',
  ttl: '64',
};
const LOST = { ...ANSWERED, 'packet-loss': '33', received: '2', sent: '3', seq: '2', status: 'timeout' };

test('a ping tells the totals, and what became of every packet', async () => {
  const { time: _, ttl: __, size: ___, ...lost } = LOST;
  const told = {
    ...ANSWERED,
    host: '10.0.0.254',
    sent: '2',
    seq: '1',
    status: 'host unreachable',
    size: '84',
    time: '',
  };
  const { router, asked } = answering('ping', [ANSWERED, told, lost]);
  expect(await read('ping', router, { address: '10.0.0.1', count: 3 })).toEqual({
    sent: 3,
    received: 2,
    lossPercent: 33.3,
    minMs: 0.453,
    avgMs: 0.453,
    maxMs: 1.021,
    probes: [
      { sequence: 0, from: '10.0.0.1', status: 'answered', timeMs: 0.453, ttl: 64, sizeBytes: 56 },
      { sequence: 1, from: '10.0.0.254', status: 'host_unreachable', timeMs: null, ttl: 64, sizeBytes: 84 },
      { sequence: 2, from: '10.0.0.1', status: 'timeout', timeMs: null, ttl: null, sizeBytes: null },
    ],
  });
  expect(asked).toEqual([{ address: '10.0.0.1', count: '3', size: '56', interval: '500ms' }]);
});

test('nothing that came back is all that was lost', async () => {
  const { router } = answering('ping', [
    { host: '10.0.0.9', 'packet-loss': '100', received: '0', sent: '1', seq: '0', status: 'timeout' },
  ]);
  expect(await read('ping', router, { address: '10.0.0.9', count: 1 })).toMatchObject({
    lossPercent: 100,
    minMs: null,
    probes: [{ status: 'timeout', timeMs: null }],
  });
});

test('what is asked for beyond the usual is passed on', async () => {
  const { router, asked } = answering('ping', []);
  await read('ping', router, {
    address: 'GW.example.net',
    sizeBytes: 1500,
    doNotFragment: true,
    interface: 'ether 1',
    sourceAddress: '2001:DB8::0001',
    vrf: 'mgmt',
  });
  expect(asked).toEqual([
    {
      address: 'gw.example.net',
      count: '4',
      size: '1500',
      interval: '500ms',
      'do-not-fragment': 'yes',
      interface: 'ether 1',
      'src-address': '2001:db8::1',
      vrf: 'mgmt',
    },
  ]);
});

test.each([
  ['ping', { address: '' }],
  ['ping', { address: '10.0.0.1; /system reboot' }],
  ['ping', { address: '10.0.0.1 count=1000' }],
  ['ping', { address: 'D4:01:C3:30:E2:87' }],
  ['ping', { address: 'a'.repeat(254) }],
  ['ping', { address: '10.0.0.1', count: 21 }],
  ['ping', { address: '10.0.0.1', count: 1.5 }],
  ['ping', { address: '10.0.0.1', sizeBytes: 9217 }],
  ['ping', { address: '10.0.0.1', intervalMs: 1001 }],
  ['ping', { address: '10.0.0.1', sourceAddress: 'router.lan' }],
  ['ping', { address: '10.0.0.1', flood: true }],
  ['traceroute', { address: '-h' }],
  ['traceroute', { address: '10.0.0.1', count: 4 }],
  ['traceroute', { address: '10.0.0.1', maxHops: 31 }],
  ['traceroute', { address: '10.0.0.1', protocol: 'tcp' }],
])('%s refuses %o', (name, input) => {
  expect(findOperation(name)?.input.safeParse(input).success).toBe(false);
});

const hop = (section: number, address: string, more: RouterRecord = {}): RouterRecord => ({
  '.section': String(section),
  address,
  avg: '0.4',
  best: '0.4',
  last: '0.4',
  loss: '0',
  sent: String(section + 1),
  status: '',
  'std-dev': '0',
  worst: '0.5',
  ...more,
});
const SILENT = { '.section': '1', address: '', last: 'timeout', loss: '100', sent: '2', status: '' };

test('a traceroute tells the hops of its last round', async () => {
  const { router, asked } = answering('traceroute', [
    hop(0, '10.0.0.1'),
    hop(1, '10.0.0.1'),
    SILENT,
    hop(1, '9.9.9.9', { avg: '12ms500us', loss: '50%', status: '<MPLS:L=16001,E=0>' }),
  ]);
  expect(await read('traceroute', router, { address: '9.9.9.9', count: 2 })).toEqual({
    reached: true,
    hops: [
      {
        hop: 1,
        address: '10.0.0.1',
        lossPercent: 0,
        sent: 2,
        lastMs: 0.4,
        avgMs: 0.4,
        bestMs: 0.4,
        worstMs: 0.5,
        status: null,
      },
      {
        hop: 2,
        address: null,
        lossPercent: 100,
        sent: 2,
        lastMs: null,
        avgMs: null,
        bestMs: null,
        worstMs: null,
        status: null,
      },
      {
        hop: 3,
        address: '9.9.9.9',
        lossPercent: 50,
        sent: 2,
        lastMs: 0.4,
        avgMs: 12.5,
        bestMs: 0.4,
        worstMs: 0.5,
        status: '<MPLS:L=16001,E=0>',
      },
    ],
  });
  expect(asked[0]).toMatchObject({ count: '2', duration: '20s', 'max-hops': '20', timeout: '1s' });
});

test.each([
  ['9.9.9.9', [hop(0, '10.0.0.1'), SILENT], false],
  ['9.9.9.9', [hop(0, '10.0.0.1')], false],
  ['9.9.9.9', [hop(0, '9.9.9.9', { loss: '100' })], false],
  ['dns.example', [hop(0, '9.9.9.9')], null],
  ['dns.example', [], false],
  ['9.9.9.9', [], false],
])('whether %s was reached is said as far as it is known', async (address, rows, reached) => {
  const { router } = answering('traceroute', rows);
  expect(await read('traceroute', router, { address })).toMatchObject({ reached });
});
