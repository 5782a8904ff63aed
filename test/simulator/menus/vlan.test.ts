import { expect, test } from 'vitest';
import { pvidOf, vlanAt } from '../../../simulator/menus/interface/bridge-vlans.ts';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const vlans = async (router: LabRouter): Promise<Record<string, string>[]> =>
  rows(await router.get('/interface/bridge/vlan'));

test('a new VLAN has the defaults of the device', async () => {
  const router = await startLabRouter();
  expect(row(await router.put('/interface/vlan', { interface: 'bridge', 'vlan-id': 10 }))).toEqual({
    '.id': expect.stringMatching(/^\*/) as unknown,
    'actual-mtu': '1500',
    arp: 'enabled',
    'arp-timeout': 'auto',
    disabled: 'false',
    interface: 'bridge',
    l2mtu: '1594',
    'loop-protect': 'default',
    'loop-protect-disable-time': '5m',
    'loop-protect-send-interval': '5s',
    'loop-protect-status': 'off',
    'mac-address': 'D4:01:C3:00:00:02',
    mtu: '1500',
    mvrp: 'false',
    name: 'vlan1',
    running: 'true',
    'use-service-tag': 'false',
    'vlan-id': '10',
  });
  expect(await router.put('/interface/vlan', { interface: 'bridge', 'vlan-id': 4096 })).toMatchObject({
    body: { detail: 'value of vlan-id out of range (1..4095)' },
  });
  expect(await router.put('/interface/vlan', { 'vlan-id': 7 })).toMatchObject({
    body: { detail: 'missing =interface=' },
  });
});

test('a renamed parent shows in the VLANs on it at once', async () => {
  const router = await startLabRouter();
  await router.put('/interface/vlan', { name: 'v10', interface: 'ether5', 'vlan-id': 10 });
  await router.patch('/interface/ether5', { name: 'trunk' });
  expect(row(await router.get('/interface/vlan/v10'))['interface']).toBe('trunk');
});

test('VLAN ids of a bridge are sorted and merged', async () => {
  const router = await startLabRouter();
  const entry = row(await router.put('/interface/bridge/vlan', { bridge: 'bridge', 'vlan-ids': '30,10,21-25,20,11' }));
  expect(entry).toEqual({
    '.id': '*1',
    bridge: 'bridge',
    'current-tagged': '',
    'current-untagged': '',
    disabled: 'false',
    dynamic: 'false',
    'mvrp-forbidden': '',
    tagged: '',
    untagged: '',
    'vlan-ids': '10-11,20-25,30',
  });
  expect(await router.put('/interface/bridge/vlan', { bridge: 'bridge', 'vlan-ids': '4095' })).toMatchObject({
    body: { detail: 'value of vlan-ids out of range (1..4094)' },
  });
  expect(await router.put('/interface/bridge/vlan', { bridge: 'bridge', 'vlan-ids': '22' })).toMatchObject({
    status: 400,
  });
});

test('only a filtering bridge has current members, and only those that run', async () => {
  const router = await startLabRouter();
  await router.put('/interface/bridge/vlan', {
    bridge: 'bridge',
    tagged: 'ether2,ether3,bridge',
    untagged: 'ether4',
    'vlan-ids': '2',
  });
  expect((await vlans(router))[0]).toMatchObject({ tagged: 'ether2,ether3,bridge', 'current-tagged': '' });
  await router.patch('/interface/bridge/bridge', { 'vlan-filtering': true });
  await router.patch('/interface/ether3', { disabled: true });
  const [entry] = rows(await router.get('/interface/bridge/vlan?vlan-ids=2'));
  expect(entry).toMatchObject({ 'current-tagged': 'ether2,bridge', 'current-untagged': 'ether4' });
});

test('a filtering bridge adds a row for the VLAN of untagged frames, until one is made', async () => {
  const router = await startLabRouter();
  await router.patch('/interface/bridge/bridge', { 'vlan-filtering': true });
  await router.patch('/interface/bridge/port/*0', { pvid: 20 });
  const [first, second] = await vlans(router);
  expect(first).toMatchObject({ comment: 'added by pvid', dynamic: 'true', 'vlan-ids': '1', tagged: '' });
  expect(first?.['current-untagged']).toMatch(/^bridge,ether3/);
  expect(second).toMatchObject({ dynamic: 'true', 'vlan-ids': '20', 'current-untagged': 'ether2' });
  expect(await router.patch(`/interface/bridge/vlan/${second?.['.id']}`, { tagged: 'bridge' })).toMatchObject({
    body: { detail: 'failure: can not change dynamic entry' },
  });
  await router.put('/interface/bridge/vlan', { bridge: 'bridge', tagged: 'bridge', 'vlan-ids': '20' });
  expect((await vlans(router)).filter((entry) => entry['vlan-ids'] === '20')).toMatchObject([
    { dynamic: 'false', 'current-tagged': 'bridge', 'current-untagged': 'ether2' },
  ]);
});

test('rows that the router adds say why since 7.16', async () => {
  const router = await startLabRouter({ version: '7.12.2' });
  await router.patch('/interface/bridge/bridge', { 'vlan-filtering': true });
  expect((await vlans(router))[0]).toMatchObject({ dynamic: 'true', 'vlan-ids': '1' });
  expect((await vlans(router))[0]).not.toHaveProperty('comment');
});

test('what a filtering bridge does with a VLAN at a port follows from rows and pvids', async () => {
  const lab = await startLabRouter();
  await lab.patch('/interface/bridge/port/*0', { pvid: 20 });
  await lab.put('/interface/bridge/vlan', { bridge: 'bridge', tagged: 'bridge,ether3', 'vlan-ids': '20,30-39' });
  const { router } = lab.device;
  const bridge = router.find('/interface/bridge', 'bridge');
  if (!bridge) throw new Error('there is no bridge');
  expect(pvidOf('*2', router)).toBe(20);
  expect(vlanAt(bridge, '*2', 20, router)).toBe('untagged');
  expect(vlanAt(bridge, '*3', 35, router)).toBe('tagged');
  expect(vlanAt(bridge, bridge.id, 20, router)).toBe('tagged');
  expect(vlanAt(bridge, '*2', 30, router)).toBe('blocked');
});

test('a member of a VLAN is tagged or untagged, not both', async () => {
  const router = await startLabRouter();
  const refusal = {
    status: 400,
    body: { detail: 'failure: interface cannot be in tagged and untagged at the same time' },
  };
  const entry = { bridge: 'bridge', 'vlan-ids': 10, tagged: 'bridge,ether2', untagged: 'ether3,ether2' };
  expect(await router.put('/interface/bridge/vlan', entry)).toMatchObject(refusal);
  await router.put('/interface/bridge/vlan', { ...entry, untagged: 'ether3' });
  expect(await router.patch('/interface/bridge/vlan/*1', { untagged: 'ether3,bridge' })).toMatchObject(refusal);
  expect((await vlans(router))[0]).toMatchObject({ tagged: 'bridge,ether2', untagged: 'ether3' });
});
