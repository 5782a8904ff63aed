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
