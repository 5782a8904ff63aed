import { expect, onTestFinished, test } from 'vitest';
import { createDeviceSession, type DeviceSession } from '../../activities/routeros/device-session.ts';
import { findOperation } from '../../shared/operations/index.ts';
import { PATIENT_LIMITS, startDevice } from '../activities/routeros/simulated-device.ts';
import { read } from './read.ts';

const WIFI = '/interface/wifi';

/** A router without radios whose controller makes interfaces for all radios that come to it. */
async function startController(): Promise<DeviceSession> {
  const device = await startDevice({ http: true, board: 'rb5009', version: '7.22.3' });
  const session = createDeviceSession({ ...device.target, limits: PATIENT_LIMITS });
  onTestFinished(async () => {
    await session.close();
    await device.stop();
  });
  const menus = ['configuration', 'provisioning', 'capsman'].map((name) => `${WIFI}/${name}`);
  const router = session.router({ paths: menus, effect: 'write' });
  await router.add(`${WIFI}/configuration`, { name: 'corp', ssid: 'corp-net' }, { key: { name: 'corp' } });
  const rule = { action: 'create-dynamic-enabled', 'master-configuration': 'corp', comment: 'all' };
  await router.add(`${WIFI}/provisioning`, rule, { key: { comment: 'all' } });
  await router.set(`${WIFI}/capsman`, { enabled: 'yes' });
  await device.advance(120);
  return session;
}

test('a router without radios shows the access points it controls, their interfaces and clients', async () => {
  const session = await startController();
  const ask = (name: string, input = {}) =>
    read(name, session.router({ paths: findOperation(name)?.paths ?? [], effect: 'read' }), input);

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
