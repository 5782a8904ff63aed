import { expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const WIFI = '/interface/wifi';

async function startController(): Promise<LabRouter> {
  const router = await startLabRouter({ board: 'rb5009', version: '7.22.3' });
  await router.put(`${WIFI}/configuration`, { name: 'corp', ssid: 'corp-net' });
  return router;
}

const enable = (router: LabRouter, enabled: 'yes' | 'no') => router.post(`${WIFI}/capsman/set`, { enabled });

test('access points come to a controller once it is on, and leave when it is off', async () => {
  const router = await startController();
  expect(rows(await router.get(`${WIFI}/capsman/remote-cap`))).toEqual([]);
  await enable(router, 'yes');
  const [first, second] = rows(await router.get(`${WIFI}/capsman/remote-cap`));
  expect(first).toEqual({
    '.id': '*41',
    address: expect.stringMatching(/^fe80::4aa9:8aff:fe00:[\da-f]{4}%bridge$/) as unknown,
    'base-mac': '48:A9:8A:00:00:00',
    'board-name': 'cAPGi-5HaxD2HaxD',
    'common-name': 'CAP-48A98A000000',
    'connected-time': expect.stringMatching(/^1d2h/) as unknown,
    identity: 'cap-hall',
    serial: expect.stringMatching(/^HE1/) as unknown,
    state: 'Ok',
    uptime: expect.stringMatching(/^1d2h/) as unknown,
    version: '7.22.3',
  });
  expect(second).toMatchObject({ identity: 'cap-yard' });
  await enable(router, 'no');
  expect(rows(await router.get(`${WIFI}/capsman/remote-cap`))).toEqual([]);
  expect(rows(await router.get(`${WIFI}/radio`))).toEqual([]);
});

test('without a rule the radios of access points have no interface', async () => {
  const router = await startController();
  await enable(router, 'yes');
  const radios = rows(await router.get(`${WIFI}/radio`));
  expect(radios.map(({ cap }) => cap)).toEqual([
    'cap-hall@48:A9:8A:00:00:00%*41',
    'cap-hall@48:A9:8A:00:00:00%*41',
    'cap-yard@48:A9:8A:00:00:10%*42',
    'cap-yard@48:A9:8A:00:00:10%*42',
  ]);
  expect(radios[0]).toMatchObject({ local: 'false', 'radio-mac': '48:A9:8A:00:00:02' });
  expect(radios[0]).not.toHaveProperty('interface');
  expect(rows(await router.get(WIFI))).toEqual([]);
});

test('the first rule that matches a radio makes its interface, which serves clients', async () => {
  const router = await startController();
  await router.put(`${WIFI}/provisioning`, {
    action: 'create-dynamic-enabled',
    'master-configuration': 'corp',
    'supported-bands': '5ghz-ax',
    'identity-regexp': '^cap-h',
  });
  await enable(router, 'yes');
  expect(rows(await router.get(WIFI))).toMatchObject([
    {
      bound: 'true',
      cap: 'cap-hall@48:A9:8A:00:00:00%*41',
      configuration: 'corp',
      inactive: 'false',
      name: 'cap-wifi1',
      'radio-mac': '48:A9:8A:00:00:02',
    },
  ]);
  router.device.router.clock.advance(60_000);
  const clients = rows(await router.get(`${WIFI}/registration-table`));
  expect(clients[0]).toMatchObject({ band: '5ghz-ax', bytes: '0,0', interface: 'cap-wifi1', ssid: 'corp-net' });
  expect(rows(await router.get('/interface?type=wifi'))).toMatchObject([{ dynamic: 'true', running: 'true' }]);
  await enable(router, 'no');
  expect(rows(await router.get(WIFI))).toEqual([]);
});

test('a rule that comes later holds for radios that are provisioned again', async () => {
  const router = await startController();
  await enable(router, 'yes');
  await router.put(`${WIFI}/provisioning`, { action: 'create-enabled', 'master-configuration': 'corp' });
  expect(rows(await router.get(WIFI))).toEqual([]);
  await router.post(`${WIFI}/capsman/remote-cap/provision`, { numbers: '*41' });
  expect(rows(await router.get(WIFI))).toHaveLength(2);
  await enable(router, 'no');
  expect(row(await router.get(`${WIFI}/cap-wifi1`))).toMatchObject({
    bound: 'false',
    inactive: 'true',
    running: 'false',
  });
});

test('a pattern that is none matches no access point', async () => {
  const router = await startController();
  await router.put(`${WIFI}/provisioning`, { action: 'create-enabled', 'identity-regexp': '(' });
  await enable(router, 'yes');
  expect(rows(await router.get(WIFI))).toEqual([]);
});
