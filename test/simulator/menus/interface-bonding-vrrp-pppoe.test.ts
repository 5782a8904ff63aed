import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('a bond runs while one of its slaves does, with the address of the first', async () => {
  const router = await startLabRouter();
  await router.remove('/interface/bridge/port/*0');
  await router.remove('/interface/bridge/port/*1');
  const bond = row(await router.put('/interface/bonding', { slaves: 'ether2,ether3', mode: '802.3ad' }));
  expect(bond).toMatchObject({
    'lacp-rate': '30secs',
    'link-monitoring': 'mii',
    'mac-address': 'D4:01:C3:00:00:02',
    'mii-interval': '100ms',
    mode: '802.3ad',
    name: 'bonding1',
    primary: 'none',
    running: 'true',
    slaves: 'ether2,ether3',
    'transmit-hash-policy': 'layer-2',
  });
  expect(row(await router.get('/interface/ether2'))['slave']).toBe('true');
  await router.patch('/interface/ether2', { disabled: true });
  const monitor = await router.post('/interface/bonding/monitor', { numbers: 'bonding1', once: '' });
  expect(monitor.body).toEqual([{ 'active-ports': 'ether3', 'inactive-ports': 'ether2', mode: '802.3ad' }]);
  await router.patch('/interface/ether3', { disabled: true });
  expect(row(await router.get('/interface/bonding/bonding1'))['running']).toBe('false');
});

test('a port of a bridge cannot become a slave', async () => {
  const router = await startLabRouter();
  expect((await router.put('/interface/bonding', { slaves: 'ether2' })).status).toBe(400);
  expect(await router.put('/interface/bonding', {})).toMatchObject({ body: { detail: 'missing =slaves=' } });
});

test('a virtual router that runs is the master; master and backup are there only while they are true', async () => {
  const router = await startLabRouter();
  const vrrp = row(await router.put('/interface/vrrp', { interface: 'ether1', vrid: 7, password: 'shown' }));
  expect(vrrp).toMatchObject({
    interval: '1s',
    'mac-address': '00:00:5E:00:01:07',
    master: 'true',
    name: 'vrrp1',
    password: 'shown',
    priority: '100',
    running: 'true',
    version: '3',
    vrid: '7',
  });
  expect(vrrp).not.toHaveProperty('backup');
  expect(await router.patch('/interface/vrrp/vrrp1', { priority: 255 })).toMatchObject({
    status: 400,
    body: { detail: 'value of priority out of range (1..254)' },
  });
  await router.patch('/interface/vrrp/vrrp1', { disabled: true });
  expect(row(await router.get('/interface/vrrp/vrrp1'))).not.toHaveProperty('master');
});

test('a PPPoE client is off when it is made, and keeps trying when it is on', async () => {
  const router = await startLabRouter();
  const made = row(await router.put('/interface/pppoe-client', { interface: 'ether1', user: 'isp', password: 'pw' }));
  expect(made).toMatchObject({ disabled: 'true', name: 'pppoe-out1', running: 'false', 'add-default-route': 'false' });
  await router.patch('/interface/pppoe-client/pppoe-out1', { disabled: false });
  const monitor = await router.post('/interface/pppoe-client/monitor', { numbers: 'pppoe-out1', once: '' });
  expect(monitor.body).toEqual([{ status: 'connecting' }]);
  expect(rows(await router.get('/interface?type=pppoe-out'))).toMatchObject([{ running: 'false', mtu: '1480' }]);
});

test('the password of a PPPoE client is for those who may see secrets', async () => {
  const router = await startLabRouter();
  await router.put('/interface/pppoe-client', { interface: 'ether1', user: 'isp', password: 'pw' });
  await router.put('/user/group', { name: 'blind', policy: 'read,api,rest-api' });
  await router.put('/user', { name: 'eve', group: 'blind', password: 'eve-password' });
  const seen = rows(await router.as('eve', 'eve-password').get('/interface/pppoe-client'));
  expect(seen[0]).toMatchObject({ user: 'isp' });
  expect(seen[0]).not.toHaveProperty('password');
});

test('a bond has a forced address only after one was set', async () => {
  const router = await startLabRouter();
  for (const port of rows(await router.get('/interface/bridge/port'))) {
    await router.remove(`/interface/bridge/port/${port['.id']}`);
  }
  const bond = row(await router.put('/interface/bonding', { slaves: 'ether3,ether4' }));
  expect(bond).not.toHaveProperty('forced-mac-address');
  const path = `/interface/bonding/${bond['.id']}`;
  const forced = row(await router.patch(path, { 'forced-mac-address': '02:00:00:00:00:01' }));
  expect(forced).toMatchObject({ 'forced-mac-address': '02:00:00:00:00:01', 'mac-address': '02:00:00:00:00:01' });
  await router.post('/interface/bonding/unset', { '.id': bond['.id'], 'value-name': 'forced-mac-address' });
  expect(row(await router.get(path))).toMatchObject({ 'mac-address': bond['mac-address'] });
});
