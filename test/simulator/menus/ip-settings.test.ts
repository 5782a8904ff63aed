import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('neighbours announce themselves where discovery is on, and bridged ports name their bridge', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ip/neighbor'))).toMatchObject([
    { 'discovered-by': 'lldp', identity: 'sw-floor-1', interface: 'ether2,bridge' },
  ]);
  await router.post('/ip/neighbor/discovery-settings/set', { 'discover-interface-list': 'all' });
  const [upstream] = rows(await router.get('/ip/neighbor'));
  expect(upstream).toMatchObject({
    address: '10.20.0.1',
    address4: '10.20.0.1',
    board: 'RB750Gr3',
    'discovered-by': 'cdp,lldp,mndp',
    interface: 'ether1',
    platform: 'MikroTik',
    'system-description': 'MikroTik RouterOS 7.15 (stable) 2024-05-29 12:44:08 RB750Gr3',
    unpack: 'none',
  });
  await router.post('/ip/neighbor/discovery-settings/set', { 'discover-interface-list': '!LAN' });
  expect(rows(await router.get('/ip/neighbor'))).toMatchObject([{ identity: 'core-1' }]);
  await router.post('/ip/neighbor/discovery-settings/set', { 'discover-interface-list': 'none' });
  expect(rows(await router.get('/ip/neighbor'))).toEqual([]);
  expect(await router.post('/ip/neighbor/discovery-settings/set', { 'discover-interface-list': 'x' })).toMatchObject({
    body: { detail: 'input does not match any value of discover-interface-list' },
  });
});

test('how passwords are treated beside SSH keys is called otherwise from 7.21 on', async () => {
  const older = await startLabRouter({ version: '7.16.2' });
  expect(row(await older.get('/ip/ssh'))).toEqual({
    'allow-none-crypto': 'false',
    'always-allow-password-login': 'false',
    'forwarding-enabled': 'no',
    'host-key-size': '2048',
    'host-key-type': 'rsa',
    'strong-crypto': 'false',
  });
  const newer = await startLabRouter({ version: '7.22.3' });
  expect(row(await newer.get('/ip/ssh'))).toMatchObject({
    ciphers: 'auto',
    'password-authentication': 'yes-if-no-key',
  });
  expect(await newer.post('/ip/ssh/set', { 'always-allow-password-login': true })).toMatchObject({
    body: { detail: 'unknown parameter always-allow-password-login' },
  });
});

test('settings of IPv4 keep words where the device has words', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/ip/settings'))).toMatchObject({ 'ip-forward': 'true', 'rp-filter': 'no' });
  await router.post('/ip/settings/set', { 'rp-filter': 'loose' });
  expect(row(await router.get('/ip/settings'))['rp-filter']).toBe('loose');
  expect(await router.post('/ip/settings/set', { 'ipv4-fast-path-active': 'false' })).toMatchObject({
    body: { detail: 'unknown parameter ipv4-fast-path-active' },
  });
});

test('the cloud name appears while DDNS is on and the Internet can be reached', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  expect(row(await router.get('/ip/cloud'))).toEqual({
    'ddns-enabled': 'auto',
    'ddns-update-interval': 'none',
    'update-time': 'true',
  });
  await router.post('/ip/cloud/set', { 'ddns-enabled': 'yes' });
  expect(row(await router.get('/ip/cloud'))).toMatchObject({
    'ddns-enabled': 'true',
    'dns-name': expect.stringMatching(/\.sn\.mynetname\.net$/) as string,
    status: 'updated',
  });
  await router.post('/ip/route/disable', { '.id': '*80000001' });
  expect(row(await router.get('/ip/cloud'))['status']).toBe('Error: no Internet connection');
});

test('the password of the mail account is for those with the policy sensitive', async () => {
  const router = await startLabRouter();
  await router.post('/tool/e-mail/set', { server: '10.20.0.1', user: 'router', password: 'hunter2' });
  expect(row(await router.get('/tool/e-mail'))).toMatchObject({ password: 'hunter2', tls: 'no', port: '25' });
  await router.put('/user/group', { name: 'watch', policy: 'read,api,rest-api' });
  await router.put('/user', { name: 'bob', group: 'watch', password: 'pw' });
  expect(row(await router.as('bob', 'pw').get('/tool/e-mail'))).not.toHaveProperty('password');
  expect(await router.post('/tool/e-mail/send', { to: 'a@example.com', subject: 'x' })).toMatchObject({ body: [] });
  expect(row(await router.get('/tool/e-mail'))['last-status']).toBe('succeeded');
});

test('the sniffer runs between start and stop', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/tool/sniffer'))['running']).toBe('false');
  await router.post('/tool/sniffer/start');
  expect(row(await router.get('/tool/sniffer'))['running']).toBe('true');
  await router.post('/tool/sniffer/stop');
  expect(row(await router.get('/tool/sniffer'))['running']).toBe('false');
  expect(row(await router.get('/tool/bandwidth-server'))).toMatchObject({ enabled: 'true', authenticate: 'true' });
  expect(row(await router.get('/tool/mac-server'))).toEqual({ 'allowed-interface-list': 'LAN' });
});
