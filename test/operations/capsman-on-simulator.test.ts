import { expect, onTestFinished, test } from 'vitest';
import { createDeviceSession, type DeviceSession } from '../../activities/routeros/device-session.ts';
import { findOperation } from '../../shared/operations/index.ts';
import type { BoardKey } from '../../simulator/boards.ts';
import { PATIENT_LIMITS, startDevice } from '../activities/routeros/simulated-device.ts';
import { read } from './read.ts';

/** A router whose controller makes interfaces for all radios that come to it. */
async function startController(board: BoardKey, menu: string, manager: string, on: string): Promise<DeviceSession> {
  const device = await startDevice({ http: true, board, version: '7.22.3' });
  const session = createDeviceSession({ ...device.target, limits: PATIENT_LIMITS });
  onTestFinished(async () => {
    await session.close();
    await device.stop();
  });
  const paths = ['configuration', 'provisioning', manager].map((name) => `${menu}/${name}`);
  const router = session.router({ paths, effect: 'write' });
  await router.add(`${menu}/configuration`, { name: 'corp', ssid: 'corp-net' }, { key: { name: 'corp' } });
  const rule = { action: 'create-dynamic-enabled', 'master-configuration': 'corp', comment: 'all' };
  await router.add(`${menu}/provisioning`, rule, { key: { comment: 'all' } });
  await router.set(`${menu}/${manager}`, { enabled: on });
  await device.advance(120);
  return session;
}

function asker(session: DeviceSession) {
  return (name: string, input = {}) =>
    read(name, session.router({ paths: findOperation(name)?.paths ?? [], effect: 'read' }), input);
}

test('a router without radios shows the access points it controls, their interfaces and clients', async () => {
  const ask = asker(await startController('rb5009', '/interface/wifi', 'capsman', 'yes'));
  expect(await ask('list_capsman_access_points')).toMatchObject({
    driver: 'none',
    controllers: [{ menu: '/interface/wifi/capsman', enabled: true }],
    accessPoints: [
      {
        identity: 'cap-hall',
        state: 'Ok',
        version: '7.22.3',
        radios: [{ interface: 'cap-wifi1' }, { interface: 'cap-wifi2' }],
      },
      { identity: 'cap-yard', radios: [{ interface: 'cap-wifi3' }, { interface: 'cap-wifi4' }] },
    ],
  });
  expect(await ask('list_wireless_interfaces', { ssid: 'corp-net', limit: 1 })).toMatchObject({
    driver: 'none',
    interfaces: [{ name: 'cap-wifi1', accessPoint: 'cap-hall', enabled: true, running: true, channel: null }],
    total: 4,
  });
  const { clients, total } = await ask('list_wireless_clients', { accessPoint: 'cap-yard' });
  expect(total).toBeGreaterThan(0);
  for (const client of clients as object[]) {
    expect(client).toMatchObject({ accessPoint: 'cap-yard', ssid: 'corp-net', txBytes: 0 });
  }
});

test('a router with radios of the older driver shows those of its access points beside its own', async () => {
  const ask = asker(await startController('hap_ac2', '/caps-man', 'manager', 'yes'));
  expect(await ask('list_capsman_access_points')).toMatchObject({
    driver: 'wireless',
    controllers: [
      { menu: '/interface/wifi/capsman', enabled: false },
      { menu: '/caps-man', enabled: true },
    ],
    accessPoints: [{ identity: 'cap-attic', state: 'Run', radios: [{ interface: 'cap1' }, { interface: 'cap2' }] }],
  });
  expect(await ask('list_wireless_interfaces')).toMatchObject({
    interfaces: [
      { name: 'wlan1', accessPoint: null },
      { name: 'wlan2', accessPoint: null },
      {
        name: 'cap1',
        menu: '/caps-man/interface',
        accessPoint: 'cap-attic',
        ssid: 'corp-net',
        band: '2.4GHz',
        running: true,
      },
      { name: 'cap2', accessPoint: 'cap-attic', band: '5GHz', frequencyMhz: 5180, txPowerDbm: 20 },
    ],
  });
  const { clients } = await ask('list_wireless_clients', { ssid: 'corp-net', interface: 'cap2' });
  expect(clients).not.toEqual([]);
  for (const client of clients as object[]) {
    expect(client).toMatchObject({ accessPoint: 'cap-attic', band: '5GHz', txRateBps: 866_600_000 });
  }
});
