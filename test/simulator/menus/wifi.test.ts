import { expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const startRadioRouter = (version = '7.20.8'): Promise<LabRouter> => startLabRouter({ board: 'hap_ax2', version });

test('a new router serves on both radios with the settings of its sticker', async () => {
  const router = await startRadioRouter();
  const [five, two] = rows(await router.get('/interface/wifi'));
  expect(five).toEqual({
    '.id': '*6',
    arp: 'enabled',
    'arp-timeout': 'auto',
    bound: 'true',
    'channel.band': '5ghz-ax',
    'channel.skip-dfs-channels': '10min-cac',
    'channel.width': '20/40/80mhz',
    'configuration.mode': 'ap',
    'configuration.ssid': 'MikroTik-000006',
    'default-name': 'wifi1',
    disabled: 'false',
    inactive: 'false',
    l2mtu: '1560',
    'mac-address': 'D4:01:C3:00:00:06',
    master: 'true',
    mtu: '1500',
    name: 'wifi1',
    'radio-mac': 'D4:01:C3:00:00:06',
    running: 'true',
    'security.authentication-types': 'wpa2-psk,wpa3-psk',
    'security.ft': 'true',
    'security.ft-over-ds': 'true',
    'security.passphrase': expect.stringMatching(/^[A-Z2-9]{10}$/) as unknown,
  });
  expect(two).toMatchObject({ 'channel.band': '2ghz-ax', name: 'wifi2', running: 'true' });
});

test('the menu was called wifiwave2 before 7.13, and both are never there', async () => {
  const older = await startRadioRouter('7.12.2');
  expect(rows(await older.get('/interface/wifiwave2'))).toHaveLength(2);
  expect(await older.get('/interface/wifi/registration-table')).toMatchObject({
    status: 400,
    body: { detail: 'no such command or directory (wifi)' },
  });
  const newer = await startRadioRouter('7.16.2');
  expect(rows(await newer.get('/interface/wifi'))).toHaveLength(2);
  expect(await newer.get('/interface/wifiwave2')).toMatchObject({
    body: { detail: 'no such command or directory (wifiwave2)' },
  });
});

test('a router without radios has the controller only, since 7.13', async () => {
  const router = await startLabRouter({ board: 'rb5009' });
  expect(rows(await router.get('/interface/wifi'))).toEqual([]);
  expect(row(await router.get('/interface/wifi/capsman'))).toMatchObject({ enabled: 'no' });
  const older = await startLabRouter({ board: 'rb5009', version: '7.12.2' });
  expect(await older.get('/interface/wifi')).toMatchObject({
    body: { detail: 'no such command or directory (wifi)' },
  });
});

test('profiles hold only what is set, and settings can be unset again', async () => {
  const router = await startRadioRouter();
  const made = row(
    await router.put('/interface/wifi/security', { 'authentication-types': 'wpa2-psk', passphrase: 'long enough' }),
  );
  expect(made).toEqual({
    '.id': '*1',
    'authentication-types': 'wpa2-psk',
    disabled: 'false',
    name: 'security1',
    passphrase: 'long enough',
  });
  const short = await router.patch('/interface/wifi/security/security1', { passphrase: 'short' });
  expect(short).toMatchObject({ status: 400, body: { detail: 'invalid value for argument passphrase' } });
  await router.post('/interface/wifi/security/unset', { '.id': '*1', 'value-name': 'passphrase' });
  expect(row(await router.get('/interface/wifi/security/*1'))).not.toHaveProperty('passphrase');
  expect(await router.put('/interface/wifi/channel', { band: '7ghz' })).toMatchObject({
    body: { detail: 'input does not match any value of band' },
  });
});

test('a radio refers to profiles by name, and its own settings come before theirs', async () => {
  const router = await startRadioRouter();
  await router.put('/interface/wifi/channel', { name: 'ch36', frequency: 5180 });
  await router.put('/interface/wifi/configuration', { name: 'cfg1', ssid: 'office', channel: 'ch36' });
  await router.patch('/interface/wifi/wifi1', { configuration: 'cfg1' });
  const ssid = async () => rows(await router.get('/interface/wifi/registration-table?interface=wifi1'))[0]?.['ssid'];
  expect(await ssid()).toBe('MikroTik-000006');
  await router.patch('/interface/wifi/wifi1', { '!configuration.ssid': '' });
  expect(await ssid()).toBe('office');
  const [monitor] = rows(await router.post('/interface/wifi/monitor', { numbers: 'wifi1', once: '' }));
  expect(monitor?.['channel']).toBe('5180/ax/Ceee');
  expect(await router.patch('/interface/wifi/wifi1', { configuration: 'cfg2' })).toMatchObject({
    body: { detail: 'input does not match any value of configuration' },
  });
});

test('clients are registered while the radio works, and their time grows', async () => {
  const router = await startRadioRouter();
  const clients = async () => rows(await router.get('/interface/wifi/registration-table'));
  const [first] = await clients();
  expect(first).toEqual({
    '.id': '*1',
    'auth-type': 'wpa3-psk',
    authorized: 'true',
    band: '5ghz-ax',
    bytes: expect.stringMatching(/^\d+,\d+$/) as unknown,
    interface: 'wifi1',
    'last-activity': '0ms',
    'mac-address': expect.stringMatching(/^([\dA-F]{2}:){5}[\dA-F]{2}$/) as unknown,
    packets: expect.stringMatching(/^\d+,\d+$/) as unknown,
    'rx-bits-per-second': expect.stringMatching(/^\d+$/) as unknown,
    'rx-rate': expect.stringMatching(/^\d+$/) as unknown,
    signal: expect.stringMatching(/^-\d+$/) as unknown,
    ssid: 'MikroTik-000006',
    'tx-bits-per-second': expect.stringMatching(/^\d+$/) as unknown,
    'tx-rate': expect.stringMatching(/^\d+$/) as unknown,
    uptime: expect.stringMatching(/^1d2h/) as unknown,
  });
  router.device.router.clock.advance(3_600_000);
  expect((await clients())[0]?.['uptime']).toMatch(/^1d3h/);
});

test('disabling a radio takes its clients and its link down, enabling it brings them back anew', async () => {
  const router = await startRadioRouter();
  const ofRadio = async () => rows(await router.get('/interface/wifi/registration-table?interface=wifi1'));
  expect(await ofRadio()).not.toHaveLength(0);
  await router.post('/interface/wifi/disable', { numbers: 'wifi1' });
  expect(await ofRadio()).toEqual([]);
  expect(row(await router.get('/interface/wifi/wifi1'))).toMatchObject({ disabled: 'true', running: 'false' });
  const [off] = rows(await router.post('/interface/wifi/monitor', { numbers: 'wifi1', once: '' }));
  expect(off).toEqual({ state: 'disabled' });
  const [leaving] = rows(await router.get('/log?topics=wireless,info'));
  expect(leaving?.['message']).toMatch(/^([\dA-F]{2}:){5}[\dA-F]{2}@wifi1 disconnected/);
  await router.post('/interface/wifi/enable', { numbers: 'wifi1' });
  router.device.router.clock.advance(10_000);
  expect((await ofRadio()).map((client) => client['uptime'])).toEqual([expect.stringMatching(/^1\ds$/)]);
});

test('a client that is removed comes back, with an uptime from zero', async () => {
  const router = await startRadioRouter();
  const [client] = rows(await router.get('/interface/wifi/registration-table'));
  expect(await router.remove(`/interface/wifi/registration-table/${client?.['.id']}`)).toMatchObject({ status: 204 });
  const again = async () =>
    rows(await router.get(`/interface/wifi/registration-table?mac-address=${client?.['mac-address']}`));
  expect(await again()).toEqual([]);
  router.device.router.clock.advance(8000);
  expect((await again())[0]?.['uptime']).toMatch(/^[34]s$/);
});

test('a scan finds networks and costs the radio its clients', async () => {
  const router = await startRadioRouter();
  const { counters } = router.device.router.journal;
  const scan = router.post('/interface/wifi/scan', { numbers: 'wifi1', duration: '2s' });
  await expect.poll(() => counters.requests).toBe(1);
  router.device.router.clock.advance(2000);
  const found = rows(await scan);
  expect(found[0]).toMatchObject({ '.section': '0', channel: '5180/ax', security: 'WPA2-PSK,WPA3-PSK' });
  expect(found.at(-1)?.['.section']).toBe('1');
  expect(rows(await router.get('/interface/wifi/registration-table?interface=wifi1'))).toEqual([]);
  router.device.router.clock.advance(60_000);
  expect(rows(await router.get('/interface/wifi/registration-table?interface=wifi1'))).not.toEqual([]);
});

test('a radio that is left to a controller waits for it', async () => {
  const router = await startRadioRouter();
  await router.patch('/interface/wifi/wifi1', { 'configuration.manager': 'capsman' });
  expect(row(await router.get('/interface/wifi/wifi1'))).toMatchObject({
    '.about': 'no connection to CAPsMAN',
    inactive: 'true',
    running: 'false',
  });
  expect(rows(await router.get('/interface/wifi/registration-table?interface=wifi1'))).toEqual([]);
});

test('a virtual access point lies on a radio', async () => {
  const router = await startRadioRouter();
  const made = row(
    await router.put('/interface/wifi', { 'master-interface': 'wifi1', 'configuration.ssid': 'guests' }),
  );
  expect(made).toMatchObject({ bound: 'true', master: 'false', 'master-interface': 'wifi1', name: 'wifi3' });
  expect(rows(await router.get('/interface?type=wifi'))).toHaveLength(3);
});

test('rules for access and provisioning are ordered', async () => {
  const router = await startRadioRouter();
  for (const menu of ['/interface/wifi/access-list', '/interface/wifi/provisioning']) {
    await router.put(menu, { comment: 'first' });
    await router.put(menu, { comment: 'second' });
    const placed = row(await router.put(menu, { comment: 'zeroth', 'place-before': '*1' }));
    expect(placed).toMatchObject({ action: menu.endsWith('access-list') ? 'accept' : 'none' });
    await router.post(`${menu}/move`, { numbers: '*2', destination: '*3' });
    expect(rows(await router.get(menu)).map((rule) => rule['comment'])).toEqual(['second', 'zeroth', 'first']);
  }
});

test('cap and capsman say yes and no', async () => {
  const router = await startRadioRouter();
  expect((await router.get('/interface/wifi/cap')).body).toEqual({ enabled: 'no' });
  await router.post('/interface/wifi/cap/set', { enabled: 'yes', 'discovery-interfaces': 'bridge' });
  expect((await router.get('/interface/wifi/cap')).body).toEqual({ 'discovery-interfaces': 'bridge', enabled: 'yes' });
  await router.post('/interface/wifi/capsman/set', { enabled: 'yes', interfaces: 'bridge' });
  expect((await router.get('/interface/wifi/capsman')).body).toEqual({
    enabled: 'yes',
    interfaces: 'bridge',
    'package-path': '',
    'require-peer-certificate': 'no',
    'upgrade-policy': 'none',
  });
});

test('radios tell what they can do', async () => {
  const router = await startRadioRouter();
  expect(rows(await router.get('/interface/wifi/radio'))).toMatchObject([
    { interface: 'wifi1', local: 'true', 'radio-mac': 'D4:01:C3:00:00:06' },
    { interface: 'wifi2', local: 'true' },
  ]);
});

test('passphrases are for those who may see secrets', async () => {
  const router = await startRadioRouter();
  await router.put('/user/group', { name: 'blind', policy: 'read,api,rest-api' });
  await router.put('/user', { name: 'eve', group: 'blind', password: 'eve-password' });
  const [seen] = rows(await router.as('eve', 'eve-password').get('/interface/wifi'));
  expect(seen).toHaveProperty(['configuration.ssid']);
  expect(seen).not.toHaveProperty(['security.passphrase']);
});

test('a radio tells what a country allows', async () => {
  const router = await startRadioRouter();
  const told = (country: string) => router.post('/interface/wifi/radio/reg-info', { numbers: '*1', country });
  expect(rows(await told('Latvia'))).toEqual([
    {
      ranges:
        '2402-2482/20dBm/40MHz,5170-5250/23dBm/160MHz/indoor,5250-5330/23dBm/160MHz/indoor/dfs,' +
        '5490-5730/30dBm/160MHz/dfs,5735-5875/14dBm/80MHz',
    },
  ]);
  expect(await told('Atlantis')).toMatchObject({ body: { detail: 'input does not match any value of country' } });
  expect(await router.post('/interface/wifi/radio/reg-info', { numbers: '*1' })).toMatchObject({
    body: { detail: 'missing =country=' },
  });
});
