import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('a new router with the older driver serves on both radios', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  const [two, five] = rows(await router.get('/interface/wireless'));
  expect(two).toMatchObject({
    'adaptive-noise-immunity': 'none',
    band: '2ghz-b/g/n',
    'channel-width': '20/40mhz-XX',
    country: 'etsi',
    'default-name': 'wlan1',
    disabled: 'false',
    frequency: 'auto',
    'hide-ssid': 'false',
    mode: 'ap-bridge',
    name: 'wlan1',
    running: 'true',
    'security-profile': 'default',
    ssid: 'MikroTik-000006',
    'wireless-protocol': '802.11',
  });
  expect(five).toMatchObject({ band: '5ghz-a/n/ac', name: 'wlan2' });
});

test('the driver was part of RouterOS before 7.13, where the newer one did not take its place', async () => {
  const refused = { status: 400, body: { detail: 'no such command or directory (wireless)' } };
  const hex = await startLabRouter({ board: 'hex', version: '7.12.2' });
  expect(rows(await hex.get('/interface/wireless'))).toEqual([]);
  expect(await (await startLabRouter({ board: 'hex' })).get('/interface/wireless')).toMatchObject(refused);
  const ax2 = await startLabRouter({ board: 'hap_ax2', version: '7.12.2' });
  expect(await ax2.get('/interface/wireless')).toMatchObject(refused);
});

test('clients are registered with pairs of figures and rates in words', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  const [client] = rows(await router.get('/interface/wireless/registration-table'));
  expect(client).toMatchObject({
    '.id': '*1',
    ap: 'false',
    bridge: 'false',
    bytes: expect.stringMatching(/^\d+,\d+$/) as unknown,
    interface: 'wlan1',
    'last-activity': '20ms',
    'rx-rate': '130Mbps-20MHz/2S/SGI',
    'signal-strength': expect.stringMatching(/^-\d+@6Mbps$/) as unknown,
    'signal-to-noise': expect.stringMatching(/^\d+$/) as unknown,
    uptime: expect.stringMatching(/^1d2h/) as unknown,
    wds: 'false',
  });
});

test('disabling a radio or making it a station takes its clients away', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  const clients = async (radio: string) =>
    rows(await router.get(`/interface/wireless/registration-table?interface=${radio}`));
  expect(await clients('wlan1')).not.toEqual([]);
  await router.patch('/interface/wireless/wlan1', { disabled: true });
  expect(await clients('wlan1')).toEqual([]);
  expect(await clients('wlan2')).not.toEqual([]);
  await router.patch('/interface/wireless/wlan2', { mode: 'station' });
  expect(await clients('wlan2')).toEqual([]);
  expect(row(await router.get('/interface/wlan2'))['running']).toBe('false');
});

test('the profile default is there and stays', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  const [profile] = rows(await router.get('/interface/wireless/security-profiles'));
  expect(profile).toMatchObject({
    '.id': '*0',
    'authentication-types': 'wpa-psk,wpa2-psk',
    default: 'true',
    'group-key-update': '5m',
    mode: 'dynamic-keys',
    name: 'default',
    'wpa2-pre-shared-key': expect.stringMatching(/^[A-Z2-9]{10}$/) as unknown,
  });
  expect((await router.remove('/interface/wireless/security-profiles/*0')).status).toBe(400);
});

test('a radio refers to a security profile by name', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  const keys = { mode: 'dynamic-keys', 'authentication-types': 'wpa2-psk', 'wpa2-pre-shared-key': 'correct horse' };
  await router.put('/interface/wireless/security-profiles', { name: 'guests', ...keys });
  const radio = await router.patch('/interface/wireless/wlan1', { 'security-profile': 'guests' });
  expect(row(radio)['security-profile']).toBe('guests');
  await router.patch('/interface/wireless/security-profiles/guests', { name: 'visitors' });
  expect(row(await router.get('/interface/wireless/wlan1'))['security-profile']).toBe('visitors');
  expect(await router.patch('/interface/wireless/wlan1', { 'security-profile': 'none' })).toMatchObject({
    body: { detail: 'input does not match any value of security-profile' },
  });
});

test('the monitor counts clients, and a background scan keeps them', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  const monitor = async () => rows(await router.post('/interface/wireless/monitor', { numbers: 'wlan1', once: '' }))[0];
  expect(await monitor()).toMatchObject({ status: 'running-ap' });
  const clients = (await monitor())?.['registered-clients'];
  const { counters } = router.device.router.journal;
  const before = counters.requests;
  const scan = router.post('/interface/wireless/scan', { number: 'wlan1', duration: '1s', background: 'yes' });
  await expect.poll(() => counters.requests).toBe(before + 1);
  router.device.router.clock.advance(1000);
  expect(rows(await scan)).not.toEqual([]);
  expect((await monitor())?.['registered-clients']).toBe(clients);
});

test('a signal range of an access rule and a negative power are numbers below zero', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  expect(row(await router.patch('/interface/wireless/wlan1', { 'tx-power': -5 }))['tx-power']).toBe('-5');
  expect(row(await router.put('/interface/wireless/access-list', {}))['signal-range']).toBe('-120..120');
});

test('a virtual access point is off when it is made, has no radio settings of its own and no clients', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  const made = row(await router.put('/interface/wireless', { 'master-interface': 'wlan1', mode: 'ap-bridge' }));
  expect(made).toMatchObject({ disabled: 'true', 'interface-type': 'virtual', name: 'wlan3', running: 'false' });
  expect(made).not.toHaveProperty('band');
  await router.patch('/interface/wireless/wlan3', { disabled: false });
  expect(rows(await router.get('/interface/wireless/registration-table?interface=wlan3'))).toEqual([]);
});

test('the driver tells what a country allows', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  const told = (country: string) => router.post('/interface/wireless/info/country-info', { country });
  const [etsi] = rows(await told('etsi'));
  expect(etsi?.['ranges']).toMatch(/^2402-2482\/b,g,gn20,gn40\(20dBm\),5170-5250\/a,.*\(23dBm\),.*\/dfs,passive/);
  expect(rows(await told('united states'))[0]?.['ranges']).toContain('5735-5835/');
  expect(await told('atlantis')).toMatchObject({ body: { detail: 'input does not match any value of country' } });
  expect(await router.get('/interface/wireless/info')).toMatchObject({ status: 400 });
});
