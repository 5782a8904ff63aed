import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('the older controller comes with the older driver only', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  expect((await router.get('/caps-man/manager')).body).toEqual({
    'ca-certificate': 'none',
    certificate: 'none',
    enabled: 'false',
    'package-path': '',
    'require-peer-certificate': 'false',
    'upgrade-policy': 'none',
  });
  for (const board of ['hap_ax2', 'rb5009'] as const) {
    const other = await startLabRouter({ board });
    expect(await other.get('/caps-man/manager')).toMatchObject({
      status: 400,
      body: { detail: 'no such command or directory (caps-man)' },
    });
  }
});

test('the controller listens everywhere unless told otherwise', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  expect(rows(await router.get('/caps-man/manager/interface'))).toEqual([
    { '.id': '*0', default: 'true', disabled: 'false', dynamic: 'false', forbid: 'false', interface: 'all' },
  ]);
});

test('profiles refer to each other by name and may be overridden in place', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  await router.put('/caps-man/security', {
    name: 'wpa',
    'authentication-types': 'wpa2-psk',
    passphrase: 'long enough',
  });
  const made = await router.put('/caps-man/configuration', {
    name: 'office',
    ssid: 'office',
    security: 'wpa',
    'datapath.bridge': 'bridge',
    'channel.tx-power': -3,
  });
  expect(made.body).toEqual({
    '.id': '*1',
    'channel.tx-power': '-3',
    'datapath.bridge': 'bridge',
    name: 'office',
    security: 'wpa',
    ssid: 'office',
  });
  const interface1 = row(await router.put('/caps-man/interface', { configuration: 'office' }));
  expect(interface1).toMatchObject({
    bound: 'false',
    configuration: 'office',
    disabled: 'true',
    master: 'true',
    name: 'cap1',
    running: 'false',
  });
  expect(rows(await router.get('/interface?type=cap'))).toHaveLength(1);
});

test('rules are ordered, and nobody is registered', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  await router.put('/caps-man/provisioning', { action: 'create-dynamic-enabled', comment: 'first' });
  await router.put('/caps-man/provisioning', { comment: 'zeroth', 'place-before': '*1' });
  expect(rows(await router.get('/caps-man/provisioning')).map((rule) => rule['comment'])).toEqual(['zeroth', 'first']);
  for (const menu of ['radio', 'registration-table', 'remote-cap']) {
    expect(rows(await router.get(`/caps-man/${menu}`))).toEqual([]);
  }
});

test('an access point comes to a controller that is on, and a rule makes interfaces for its radios', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  await router.put('/caps-man/configuration', { name: 'office', ssid: 'office' });
  await router.put('/caps-man/provisioning', {
    action: 'create-dynamic-enabled',
    'hw-supported-modes': 'ac,an',
    'identity-regexp': 'attic',
    'master-configuration': 'office',
  });
  await router.post('/caps-man/manager/set', { enabled: 'yes' });
  expect(rows(await router.get('/caps-man/remote-cap'))).toMatchObject([
    {
      address: 'CC:2D:E0:00:00:00/27044',
      identity: 'cap-attic',
      name: '[CC:2D:E0:00:00:00]',
      radios: '2',
      state: 'Run',
    },
  ]);
  const [two, five] = rows(await router.get('/caps-man/radio'));
  expect(two).toMatchObject({ provisioned: 'false', 'radio-mac': 'CC:2D:E0:00:00:02' });
  expect(two).not.toHaveProperty('interface');
  expect(five).toMatchObject({ interface: 'cap1', provisioned: 'true', 'remote-cap-identity': 'cap-attic' });
  router.device.router.clock.advance(60_000);
  const [made] = rows(await router.get('/caps-man/interface'));
  expect(made).toMatchObject({
    bound: 'true',
    'current-channel': '5180/20-Ceee/ac(20dBm)',
    'current-state': 'running-ap',
    inactive: 'false',
    name: 'cap1',
    running: 'true',
  });
  const clients = rows(await router.get('/caps-man/registration-table'));
  expect(made?.['current-registered-clients']).toBe(String(clients.length));
  expect(clients[0]).toMatchObject({
    interface: 'cap1',
    ssid: 'office',
    'rx-signal': expect.stringMatching(/^-\d+$/) as unknown,
  });
  await router.remove(`/caps-man/registration-table/${clients[0]?.['.id']}`);
  expect(rows(await router.get('/caps-man/registration-table'))).toHaveLength(clients.length - 1);
});

test('without a controller that is on, interfaces are bound to nothing', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  await router.put('/caps-man/provisioning', { action: 'create-enabled' });
  await router.post('/caps-man/manager/set', { enabled: 'yes' });
  expect(rows(await router.get('/caps-man/interface'))).toHaveLength(2);
  await router.post('/caps-man/manager/set', { enabled: 'no' });
  const [first] = rows(await router.get('/caps-man/interface'));
  expect(first).toMatchObject({ bound: 'false', inactive: 'true', running: 'false' });
  expect(first).not.toHaveProperty('current-state');
  expect(rows(await router.get('/caps-man/radio'))).toEqual([]);
});
