import { expect, test } from 'vitest';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const RATE_ROWS = [
  { '.id': '*1', name: 'ether1', type: 'ether', running: 'true', disabled: 'false', comment: 'Uplink' },
  { '.id': '*2', name: 'ether2', type: 'ether', running: 'false' },
  { '.id': '*3', name: 'floor 1, east', type: 'wifi', running: 'true' },
  { '.id': '*A', name: 'bridge', type: 'bridge', running: 'true' },
];

function watched(): { asked: string[]; router: ReturnType<typeof cannedRouter> } {
  const asked: string[] = [];
  const commands = {
    '/interface monitor-traffic': ({ interface: list = '' }: Readonly<Record<string, string>>) => {
      asked.push(list);
      return list.split(',').map((one) => ({
        name: RATE_ROWS.find((row) => row['.id'] === one)?.name ?? one,
        'rx-bits-per-second': '8184',
        'tx-bits-per-second': '62904',
        'rx-packets-per-second': '7',
        'rx-drops-per-second': '1',
      }));
    },
  };
  return { asked, router: cannedRouter({ '/interface': RATE_ROWS }, {}, { commands }) };
}

test('without names the rates of running hardware are asked, in one question', async () => {
  const { asked, router } = watched();
  const { rates } = await read('get_interface_rates', router);
  expect(asked).toEqual(['ether1,*3']);
  expect(rates).toMatchObject([
    {
      name: 'ether1',
      type: 'ether',
      running: true,
      rxBps: 8184,
      txBps: 62_904,
      rxPacketsPerSecond: 7,
      rxDropsPerSecond: 1,
    },
    { name: 'floor 1, east', type: 'wifi', txErrorsPerSecond: null },
  ]);
});

test('named interfaces are asked once each, running or not', async () => {
  const { asked, router } = watched();
  await read('get_interface_rates', router, { interfaces: ['bridge', 'ether2', 'bridge'] });
  expect(asked).toEqual(['bridge,ether2']);
});

test('rates of an interface that does not exist are refused with the names that come near', async () => {
  await expect(
    read('get_interface_rates', watched().router, { interfaces: ['bridge', 'ether3'] }),
  ).rejects.toMatchObject({ code: 'DEVICE_ENTRY_MISSING', details: { near: ['ether1', 'ether2'] } });
});

test('a router without running hardware is asked for no rates', async () => {
  expect(await read('get_interface_rates', cannedRouter({ '/interface': [RATE_ROWS[1]!] }))).toEqual({ rates: [] });
});

test.each([
  [{ type: 'ether' }, ['ether1', 'ether2']],
  [{ running: false }, ['ether2']],
  [{ contains: 'ETHER', running: true }, ['ether1']],
  [{ contains: 'uplink' }, ['ether1']],
  [{ disabled: true }, []],
  [{}, ['ether1', 'ether2', 'floor 1, east', 'bridge']],
])('interfaces chosen by %o are %o', async (filters, names) => {
  const { interfaces } = await read('list_interfaces', cannedRouter({ '/interface': RATE_ROWS }), filters);
  expect((interfaces as { name: string }[]).map(({ name }) => name)).toEqual(names);
});

test('all ports are watched in one question, and those without a link can be chosen', async () => {
  const asked: string[] = [];
  const commands = {
    '/interface/ethernet monitor': ({ numbers = '' }: Readonly<Record<string, string>>) => {
      asked.push(numbers);
      return [
        {
          name: 'sfp1',
          status: 'link-ok',
          rate: '10Gbps',
          'full-duplex': 'true',
          'sfp-module-present': 'true',
          'sfp-rx-power': '-4.812dBm',
        },
        { name: 'ether2', status: 'no-link', rate: 'unknown' },
      ];
    },
  };
  const ports = [
    { '.id': '*2', name: 'ether2', comment: 'printer' },
    { '.id': '*9', name: 'sfp1', disabled: 'false', speed: '10G-baseCR', 'auto-negotiation': 'no' },
  ];
  const router = cannedRouter({ '/interface/ethernet': ports }, {}, { commands });
  const { ports: found } = await read('list_ethernet_ports', router);
  expect(asked).toEqual(['*2,*9']);
  expect(found).toMatchObject([
    { name: 'ether2', link: false, rateBps: null, sfpPresent: null, poeOut: null },
    {
      name: 'sfp1',
      link: true,
      rateBps: 10_000_000_000,
      autoNegotiation: false,
      sfpPresent: true,
      sfpRxPowerDbm: -4.812,
    },
  ]);
  expect(await read('list_ethernet_ports', router, { link: false, contains: 'Printer' })).toMatchObject({ total: 1 });
});

test('a router without ports is not watched', async () => {
  expect(await read('list_ethernet_ports', cannedRouter({ '/interface/ethernet': [] }))).toMatchObject({ ports: [] });
});

test('VLAN interfaces are chosen by parent and id', async () => {
  const router = cannedRouter({
    '/interface/vlan': [
      {
        '.id': '*10',
        name: 'guests',
        'vlan-id': '30',
        interface: 'bridge',
        'use-service-tag': 'true',
        running: 'true',
      },
      { '.id': '*11', name: 'isp', 'vlan-id': '848', interface: 'ether1', mtu: '1492' },
    ],
  });
  expect(await read('list_vlans', router, { parent: 'bridge' })).toMatchObject({
    vlans: [{ name: 'guests', vlanId: 30, parent: 'bridge', serviceTag: true, running: true, mtu: null }],
  });
  expect(await read('list_vlans', router, { vlanId: 848 })).toMatchObject({ vlans: [{ name: 'isp', mtu: 1492 }] });
});
