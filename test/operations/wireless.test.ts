import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors/app-error.ts';
import type { RouterFacts } from '../../shared/routeros/facts.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const WITHOUT_RADIOS: Partial<RouterFacts> = { radios: null, hasLegacyCapsman: false };

/** Two access points at a controller, one with two radios and a virtual network, and one of its own radios. */
function wifiController(facts: Partial<RouterFacts> = WITHOUT_RADIOS): Router {
  const menus = {
    '/interface/wifi': [
      {
        '.id': '*A',
        cap: 'cap@lobby@48:A9:8A:E5:CE:34%*41',
        configuration: 'corp',
        disabled: 'false',
        'mac-address': '48:A9:8A:E5:CE:36',
        name: 'lobby-5g',
        running: 'true',
      },
      {
        '.id': '*B',
        comment: 'guests',
        'configuration.ssid': 'guest',
        disabled: 'false',
        'mac-address': '4A:A9:8A:E5:CE:36',
        'master-interface': 'lobby-5g',
        name: 'lobby-5g-guest',
        running: 'true',
      },
      {
        '.id': '*C',
        configuration: 'corp',
        'configuration.manager': 'capsman-or-local',
        'default-name': 'wifi1',
        disabled: 'false',
        'mac-address': 'D4:01:C3:00:00:06',
        name: 'wifi1',
        running: 'false',
      },
    ],
    '/interface/wifi/configuration': [{ '.id': '*1', mode: 'ap', name: 'corp', ssid: 'corp-net' }],
    '/interface/wifi/registration-table': [
      {
        '.id': '*1',
        'auth-type': 'wpa3-psk',
        authorized: 'true',
        band: '5ghz-ax',
        bytes: '0,0',
        'dhcp-address': '10.0.5.7',
        'dhcp-hostname': 'phone',
        interface: 'lobby-5g-guest',
        'last-activity': '10ms',
        'mac-address': 'DC:A6:32:00:07:8A',
        'rx-rate': '1134900000',
        signal: '-78',
        ssid: 'guest',
        'tx-rate': '1.2Gbps',
        uptime: '3h1m2s',
        'vlan-id': '50',
      },
    ],
    '/interface/wifi/radio': [
      { '.id': '*1', cap: 'cap@lobby@48:a9:8a:e5:ce:34%*41', interface: 'lobby-5g', 'radio-mac': '48:A9:8A:E5:CE:36' },
      { '.id': '*2', cap: 'cap@lobby@48:A9:8A:E5:CE:34%*41', 'radio-mac': '48:A9:8A:E5:CE:37' },
      { '.id': '*3', interface: 'wifi1', local: 'true', 'radio-mac': 'D4:01:C3:00:00:06' },
    ],
    '/interface/wifi/capsman': { enabled: 'yes', 'upgrade-policy': 'none' },
    '/interface/wifi/capsman/remote-cap': [
      {
        '.id': '*41',
        address: 'fe80::4aa9:8aff:fee5:ce34%bridge',
        'base-mac': '48:A9:8A:E5:CE:34',
        'board-name': 'cAPGi-5HaxD2HaxD',
        'common-name': 'CAP-48A98AE5CE34',
        'connected-time': '2d3h',
        identity: 'cap@lobby',
        serial: 'HE10',
        state: 'Ok',
        uptime: '2d4h',
        version: '7.20.8',
      },
      { '.id': '*42', address: '10.0.0.9', 'base-mac': '48:A9:8A:00:00:01', identity: 'cap-yard', state: 'Joining' },
    ],
  };
  return cannedRouter(menus, facts, {
    commands: {
      '/interface/wifi monitor': ({ numbers }) =>
        numbers === '*C' ? [{ channel: '2437/ax', state: 'running', 'tx-power': '17' }] : [],
    },
  });
}

test('a controller shows radios of its access points, and asks its own ones for their channel', async () => {
  const facts: Partial<RouterFacts> = { radios: '/interface/wifi', hasLegacyCapsman: false };
  expect(await read('list_wireless_interfaces', wifiController(facts))).toMatchObject({
    driver: 'wifi',
    interfaces: [
      {
        name: 'lobby-5g',
        menu: '/interface/wifi',
        ssid: 'corp-net',
        mode: 'ap',
        state: null,
        channel: null,
        accessPoint: 'cap@lobby',
        masterInterface: null,
        clients: 0,
      },
      {
        name: 'lobby-5g-guest',
        comment: 'guests',
        ssid: 'guest',
        masterInterface: 'lobby-5g',
        accessPoint: 'cap@lobby',
        clients: 1,
      },
      {
        name: 'wifi1',
        ssid: 'corp-net',
        state: 'running',
        band: '2.4GHz',
        channel: '2437/ax',
        frequencyMhz: 2437,
        txPowerDbm: 17,
        controlledByCapsman: true,
        accessPoint: null,
      },
    ],
  });
});

test('clients of a controlled access point carry its identity', async () => {
  expect(await read('list_wireless_clients', wifiController())).toEqual({
    driver: 'none',
    clients: [
      {
        macAddress: 'DC:A6:32:00:07:8A',
        interface: 'lobby-5g-guest',
        accessPoint: 'cap@lobby',
        ssid: 'guest',
        band: '5GHz',
        signalDbm: -78,
        signalToNoiseDb: null,
        txRateBps: 1_200_000_000,
        rxRateBps: 1_134_900_000,
        txBytes: 0,
        rxBytes: 0,
        uptimeSeconds: 10_862,
        lastActivitySeconds: 0.01,
        authentication: 'wpa3-psk',
        ipAddress: '10.0.5.7',
        hostName: 'phone',
        vlanId: 50,
      },
    ],
    total: 1,
    nextOffset: null,
  });
});

test('access points come with their radios and the clients of all their networks', async () => {
  expect(await read('list_capsman_access_points', wifiController())).toEqual({
    driver: 'none',
    controllers: [{ menu: '/interface/wifi/capsman', enabled: true }],
    accessPoints: [
      {
        identity: 'cap@lobby',
        menu: '/interface/wifi/capsman',
        name: 'CAP-48A98AE5CE34',
        state: 'Ok',
        address: 'fe80::4aa9:8aff:fee5:ce34%bridge',
        macAddress: '48:A9:8A:E5:CE:34',
        board: 'cAPGi-5HaxD2HaxD',
        serialNumber: 'HE10',
        version: '7.20.8',
        connectedSeconds: 183_600,
        uptimeSeconds: 187_200,
        radios: [
          { macAddress: '48:A9:8A:E5:CE:36', interface: 'lobby-5g' },
          { macAddress: '48:A9:8A:E5:CE:37', interface: null },
        ],
        clients: 1,
      },
      {
        identity: 'cap-yard',
        menu: '/interface/wifi/capsman',
        name: null,
        state: 'Joining',
        address: '10.0.0.9',
        macAddress: '48:A9:8A:00:00:01',
        board: null,
        serialNumber: null,
        version: null,
        connectedSeconds: null,
        uptimeSeconds: null,
        radios: [],
        clients: 0,
      },
    ],
    total: 2,
    nextOffset: null,
  });
});

test.each([
  [{ signalAtMostDbm: -75 }, 1],
  [{ signalAtMostDbm: -80 }, 0],
  [{ ssid: 'guest', accessPoint: 'cap@lobby', macAddress: 'dca632' }, 1],
  [{ ssid: 'corp-net' }, 0],
  [{ interface: 'lobby-5g' }, 0],
])('clients can be narrowed by %j', async (input, total) => {
  expect(await read('list_wireless_clients', wifiController(), input)).toMatchObject({ total });
});

test('a router with neither radios nor a controller has no wireless, and says so', async () => {
  const absent: Router = {
    ...cannedRouter({}, WITHOUT_RADIOS),
    list: () => Promise.reject(new AppError('DEVICE_UNSUPPORTED')),
    get: () => Promise.reject(new AppError('DEVICE_UNSUPPORTED')),
  };
  const nothing = { driver: 'none', total: 0, nextOffset: null };
  expect(await read('list_wireless_interfaces', absent)).toEqual({ ...nothing, interfaces: [] });
  expect(await read('list_wireless_clients', absent)).toEqual({ ...nothing, clients: [] });
  expect(await read('list_capsman_access_points', absent)).toEqual({ ...nothing, controllers: [], accessPoints: [] });
});

test('a failure of a router with radios is a failure, not an empty list', async () => {
  const failing: Router = {
    ...cannedRouter({}, { radios: '/interface/wifi' }),
    list: () => Promise.reject(new AppError('DEVICE_UNSUPPORTED')),
  };
  await expect(read('list_wireless_clients', failing)).rejects.toMatchObject({ code: 'DEVICE_UNSUPPORTED' });
});

test('masters that go round in a circle end', async () => {
  const router = cannedRouter(
    {
      '/interface/wifi': [
        { '.id': '*1', 'master-interface': 'b', name: 'a' },
        { '.id': '*2', 'master-interface': 'a', name: 'b' },
      ],
      '/interface/wifi/configuration': [],
      '/interface/wifi/registration-table': [],
    },
    WITHOUT_RADIOS,
  );
  expect(await read('list_wireless_interfaces', router)).toMatchObject({ total: 2 });
});
