import { expect, test } from 'vitest';
import type { RouterFacts } from '../../shared/routeros/facts.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const OLD_DRIVER: Partial<RouterFacts> = {
  version: { major: 7, minor: 12, patch: 2, preRelease: null, channel: 'stable' },
  radios: '/interface/wireless',
  hasLegacyCapsman: true,
};

/** A router with radios of its own that also controls one access point. */
function oldDriver(): Router {
  const menus = {
    '/interface/wireless': [
      {
        '.id': '*6',
        band: '2ghz-b/g/n',
        'default-name': 'wlan1',
        disabled: 'false',
        'mac-address': 'D4:01:C3:00:00:06',
        mode: 'ap-bridge',
        name: 'wlan1',
        running: 'true',
        ssid: 'office',
      },
      {
        '.id': '*7',
        'default-name': 'wlan2',
        disabled: 'true',
        mode: 'ap-bridge',
        name: 'wlan2',
        running: 'false',
        ssid: 'office',
      },
    ],
    '/interface/wireless/cap': { enabled: 'yes', interfaces: 'wlan2' },
    '/interface/wireless/registration-table': [
      {
        '.id': '*1',
        ap: 'false',
        'authentication-type': 'wpa2-psk',
        bytes: '17536671,2966351',
        interface: 'wlan1',
        'last-activity': '170ms',
        'last-ip': '192.168.88.5',
        'mac-address': '00:1B:63:00:07:79',
        'rx-rate': '54Mbps',
        'signal-strength': '-62dBm@1Mbps',
        'signal-to-noise': '52',
        'tx-rate': '72.2Mbps-20MHz/1S/SGI',
        uptime: '5h49m36s',
      },
    ],
    '/caps-man/manager': { enabled: 'true' },
    '/caps-man/interface': [
      {
        '.id': '*1',
        configuration: 'cfg1',
        'current-channel': '5180/20-Ceee/ac(20dBm)',
        'current-state': 'running-ap',
        disabled: 'false',
        'master-interface': 'none',
        name: 'cap1',
        'radio-mac': '02:00:00:00:0A:02',
        running: 'true',
      },
      {
        '.id': '*2',
        'configuration.ssid': 'guest',
        'master-interface': 'cap1',
        name: 'cap1-1',
        'radio-mac': '02:00:00:00:0A:03',
      },
    ],
    '/caps-man/configuration': [{ '.id': '*1', name: 'cfg1', ssid: 'office' }],
    '/caps-man/radio': [
      {
        '.id': '*1',
        interface: 'cap1',
        provisioned: 'true',
        'radio-mac': '02:00:00:00:0A:02',
        'remote-cap-identity': 'north',
        'remote-cap-name': '[02:00:00:00:0A:00]',
      },
    ],
    '/caps-man/remote-cap': [
      {
        '.id': '*2',
        address: '02:00:00:00:0A:00/27044',
        'base-mac': '02:00:00:00:0A:00',
        board: 'RBcAPGi-5acD2nD',
        identity: 'north',
        name: '[02:00:00:00:0A:00]',
        radios: '1',
        state: 'Run',
        version: '7.12.2',
      },
    ],
    '/caps-man/registration-table': [
      {
        '.id': '*1',
        bytes: '1,2',
        interface: 'cap1-1',
        'mac-address': 'AA:BB:CC:00:00:01',
        'rx-rate': 'HT20-7',
        'rx-signal': '-55',
        ssid: 'guest',
        uptime: '10s',
      },
    ],
  };
  return cannedRouter(menus, OLD_DRIVER, {
    commands: { '/interface/wireless monitor': () => [{ channel: '2412/20-Ce/gn(17dBm)', status: 'running-ap' }] },
  });
}

test('interfaces of the older driver and of its controller have the same shape', async () => {
  expect(await read('list_wireless_interfaces', oldDriver())).toMatchObject({
    driver: 'wireless',
    interfaces: [
      {
        name: 'wlan1',
        menu: '/interface/wireless',
        ssid: 'office',
        state: 'running-ap',
        band: '2.4GHz',
        frequencyMhz: 2412,
        txPowerDbm: 17,
        clients: 1,
        controlledByCapsman: false,
      },
      { name: 'wlan2', enabled: false, channel: null, clients: 0, controlledByCapsman: true },
      {
        name: 'cap1',
        menu: '/caps-man/interface',
        ssid: 'office',
        state: 'running-ap',
        band: '5GHz',
        txPowerDbm: 20,
        masterInterface: null,
        accessPoint: 'north',
      },
      { name: 'cap1-1', ssid: 'guest', band: '5GHz', masterInterface: 'cap1', accessPoint: 'north', clients: 1 },
    ],
  });
});

test('clients of the older driver and of its controller have the same shape', async () => {
  expect(await read('list_wireless_clients', oldDriver())).toMatchObject({
    clients: [
      {
        interface: 'wlan1',
        ssid: 'office',
        band: '2.4GHz',
        signalDbm: -62,
        signalToNoiseDb: 52,
        txRateBps: 72_200_000,
        rxRateBps: 54_000_000,
        txBytes: 17_536_671,
        rxBytes: 2_966_351,
        uptimeSeconds: 20_976,
        ipAddress: '192.168.88.5',
        accessPoint: null,
      },
      {
        interface: 'cap1-1',
        ssid: 'guest',
        band: '5GHz',
        signalDbm: -55,
        rxRateBps: null,
        txRateBps: null,
        accessPoint: 'north',
      },
    ],
  });
});

test('access points of the older controller have the same shape', async () => {
  expect(await read('list_capsman_access_points', oldDriver(), { identity: 'NOR' })).toMatchObject({
    controllers: [{ menu: '/caps-man', enabled: true }],
    accessPoints: [
      {
        identity: 'north',
        menu: '/caps-man',
        state: 'Run',
        board: 'RBcAPGi-5acD2nD',
        connectedSeconds: null,
        radios: [{ macAddress: '02:00:00:00:0A:02', interface: 'cap1' }],
        clients: 1,
      },
    ],
  });
});
