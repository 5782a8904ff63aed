import { describe, expect, test } from 'vitest';
import { BOARDS, type BoardKey } from '../../../simulator/boards.ts';
import { ALL_MENUS } from '../../../simulator/menus/all-menus.ts';
import { Router } from '../../../simulator/router/router.ts';
import { inSections } from '../support/in-sections.ts';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

const VERSIONS = ['7.12.2', '7.16.2', '7.20.8', '7.22.3'];

describe.each(VERSIONS)('RouterOS %s', (version) => {
  test.each(Object.keys(BOARDS) as BoardKey[])('prints every menu of interfaces of a %s as text', (key) => {
    const router = new Router({
      name: 'lab',
      index: 3,
      board: BOARDS[key],
      version,
      accounts: [{ name: 'admin', group: 'full', password: 'x' }],
      menus: ALL_MENUS,
    });
    const paths = router.tree.paths().filter((path) => /^\/(interface|caps-man)/.test(path));
    expect(paths).toContain('/interface/bridge/port');
    for (const path of paths) {
      for (const printed of router.rows(path)) {
        expect(Object.values(printed).every((value) => typeof value === 'string')).toBe(true);
      }
    }
  });
});

test('an interface row has the keys of a device, counters included', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/interface/ether1'))).toEqual({
    '.id': '*1',
    'actual-mtu': '1500',
    'default-name': 'ether1',
    disabled: 'false',
    'fp-rx-byte': '0',
    'fp-rx-packet': '0',
    'fp-tx-byte': '0',
    'fp-tx-packet': '0',
    l2mtu: '1598',
    'last-link-up-time': expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as unknown,
    'link-downs': '0',
    'mac-address': 'D4:01:C3:00:00:01',
    'max-l2mtu': '9796',
    mtu: '1500',
    name: 'ether1',
    running: 'true',
    'rx-byte': expect.stringMatching(/^\d+$/) as unknown,
    'rx-drop': '0',
    'rx-error': '0',
    'rx-packet': expect.stringMatching(/^\d+$/) as unknown,
    'tx-byte': expect.stringMatching(/^\d+$/) as unknown,
    'tx-drop': '0',
    'tx-error': '0',
    'tx-packet': expect.stringMatching(/^\d+$/) as unknown,
    'tx-queue-drop': '0',
    type: 'ether',
  });
});

test('the loopback is an interface since 7.14', async () => {
  const old = await startLabRouter({ version: '7.12.2' });
  expect(rows(await old.get('/interface?name=lo'))).toEqual([]);
  const router = await startLabRouter();
  expect(rows(await router.get('/interface?name=lo'))).toMatchObject([{ mtu: '65536', type: 'loopback' }]);
});

test('a row of a typed menu and of /interface is one row: names, comments and states show in both', async () => {
  const router = await startLabRouter();
  await router.patch('/interface/ethernet/ether3', { name: 'lan3', comment: 'desk', mtu: '1400' });
  expect(row(await router.get('/interface/lan3'))).toMatchObject({ '.id': '*3', comment: 'desk', mtu: '1400' });
  await router.patch('/interface/lan3', { disabled: true });
  expect(row(await router.get('/interface/ethernet/lan3'))).toMatchObject({ disabled: 'true', running: 'false' });
  expect(rows(await router.get('/interface/bridge/port?interface=lan3'))).toHaveLength(1);
});

test('names are unique over all types, and no name is empty', async () => {
  const router = await startLabRouter();
  const taken = { status: 400, body: { detail: 'failure: already have interface with such name' } };
  expect(await router.put('/interface/bridge', { name: 'ether1' })).toMatchObject(taken);
  expect(await router.put('/interface/vlan', { name: 'bridge', interface: 'ether1' })).toMatchObject(taken);
  expect(await router.patch('/interface/ether2', { name: 'ether1' })).toMatchObject(taken);
  expect(await router.patch('/interface/ethernet/ether2', { name: 'ether2' })).toMatchObject({ status: 200 });
  expect(await router.patch('/interface/ether2', { name: '' })).toMatchObject({
    body: { detail: 'invalid value for argument name' },
  });
});

test('interfaces are made and removed in the menus of their types only', async () => {
  const router = await startLabRouter();
  const made = row(await router.put('/interface/vlan', { interface: 'bridge', 'vlan-id': 10 }));
  expect(row(await router.get(`/interface/${made['.id']}`))).toMatchObject({ name: 'vlan1', type: 'vlan' });
  expect((await router.remove(`/interface/${made['.id']}`)).status).not.toBe(204);
  expect((await router.put('/interface', { name: 'x' })).status).toBe(400);
  expect(await router.remove(`/interface/vlan/${made['.id']}`)).toMatchObject({ status: 204 });
  expect((await router.get(`/interface/${made['.id']}`)).status).toBe(404);
});

test('what used a removed interface keeps its bare id and is invalid', async () => {
  const router = await startLabRouter();
  const vlan = row(await router.put('/interface/vlan', { name: 'guests', interface: 'bridge', 'vlan-id': 20 }));
  const address = row(await router.put('/ip/address', { address: '10.20.20.1/24', interface: 'guests' }));
  await router.put('/interface/list/member', { list: 'LAN', interface: 'guests' });
  await router.remove('/interface/vlan/guests');
  expect(row(await router.get(`/ip/address/${address['.id']}`))).toMatchObject({
    interface: vlan['.id'],
    invalid: 'true',
  });
  expect(rows(await router.get('/interface/list/member')).at(-1)).toMatchObject({ interface: vlan['.id'] });
  await router.put('/interface/vlan', { name: 'guests', interface: 'bridge', 'vlan-id': 20 });
  expect(row(await router.get(`/ip/address/${address['.id']}`))['interface']).toBe(vlan['.id']);
});

test('disabling an interface takes it down without counting a lost link, enabling it brings it up now', async () => {
  const router = await startLabRouter();
  const port = async () => row(await router.get('/interface/ether2'));
  const before = await port();
  await router.patch('/interface/ether2', { disabled: true });
  expect(await port()).toMatchObject({ running: 'false', 'link-downs': '0' });
  expect((await port())['last-link-up-time']).toBe(before['last-link-up-time']);
  expect(await port()).not.toHaveProperty('last-link-down-time');
  router.device.router.clock.advance(60_000);
  await router.patch('/interface/ether2', { disabled: false });
  expect((await port())['last-link-up-time']).not.toBe(before['last-link-up-time']);
  const lines = rows(await router.get('/log?topics=interface,info')).map((line) => line['message']);
  expect(lines).toEqual(['ether2 link down', 'ether2 link up (speed 1G, full duplex)']);
});

test('a VLAN runs and stops with what it lies on, which is a lost link for it', async () => {
  const router = await startLabRouter();
  await router.put('/interface/vlan', { name: 'mgmt', interface: 'ether2', 'vlan-id': 99 });
  const vlan = async () => row(await router.get('/interface/mgmt'));
  expect(await vlan()).toMatchObject({ running: 'true', l2mtu: '1594', 'mac-address': 'D4:01:C3:00:00:02' });
  await router.patch('/interface/ether2', { disabled: true });
  expect(await vlan()).toMatchObject({ running: 'false', disabled: 'false', 'link-downs': '1' });
  expect(await vlan()).toHaveProperty('last-link-down-time');
  const lines = rows(await router.get('/log?topics=interface,info')).map((line) => line['message']);
  expect(lines).toEqual(expect.arrayContaining(['mgmt link down', 'ether2 link down']));
});

test('counters stand still while an interface is down, and start anew on a reset', async () => {
  const router = await startLabRouter();
  const received = async () => Number(row(await router.get('/interface/ether2'))['rx-byte']);
  await router.patch('/interface/ether2', { disabled: true });
  const stopped = await received();
  router.device.router.clock.advance(3_600_000);
  expect(await received()).toBe(stopped);
  await router.patch('/interface/ether2', { disabled: false });
  router.device.router.clock.advance(60_000);
  expect(await received()).toBeGreaterThan(stopped);
  expect(await router.post('/interface/reset-counters', { '.id': '*2' })).toMatchObject({ status: 200, body: [] });
  expect(await received()).toBeLessThan(stopped);
  expect(await router.post('/interface/reset-counters', { '.id': '*FF' })).toMatchObject({ status: 404 });
});

test('a restart begins counters and lost links anew', async () => {
  const router = await startLabRouter();
  await router.put('/interface/vlan', { name: 'v', interface: 'ether2', 'vlan-id': 2 });
  await router.patch('/interface/ether2', { disabled: true });
  await router.patch('/interface/ether2', { disabled: false });
  const before = row(await router.get('/interface/v'));
  expect(before['link-downs']).toBe('1');
  await router.control('POST', '/devices/lab-01/power', { action: 'cycle', downMs: 1 });
  await expect.poll(() => router.device.power).toBe('on');
  const after = router.device.router.rows('/interface').find(({ name }) => name === 'v');
  expect(after).toMatchObject({ 'link-downs': '0', running: 'true' });
  expect(after).not.toHaveProperty('last-link-down-time');
  const uplink = router.device.router.rows('/interface').find(({ name }) => name === 'ether1');
  expect(Number(uplink?.['rx-byte'])).toBeLessThan(1_000_000);
});

test('traffic is shown of each interface in a list and of all together, and moves with the counters', async () => {
  const router = await startLabRouter();
  const traffic = async (names: string) =>
    rows(await router.post('/interface/monitor-traffic', { interface: names, once: '' }));
  const [port, all] = await traffic('ether1,aggregate');
  expect(Object.keys(port ?? {})).toEqual([
    'fp-rx-bits-per-second',
    'fp-rx-packets-per-second',
    'fp-tx-bits-per-second',
    'fp-tx-packets-per-second',
    'name',
    'rx-bits-per-second',
    'rx-drops-per-second',
    'rx-errors-per-second',
    'rx-packets-per-second',
    'tx-bits-per-second',
    'tx-drops-per-second',
    'tx-errors-per-second',
    'tx-packets-per-second',
    'tx-queue-drops-per-second',
  ]);
  expect(Number(all?.['rx-bits-per-second'])).toBeGreaterThan(Number(port?.['rx-bits-per-second']));
  await router.patch('/interface/ether2', { disabled: true });
  expect((await traffic('ether2'))[0]).toMatchObject({ 'rx-bits-per-second': '0', 'tx-packets-per-second': '0' });
  expect(await router.post('/interface/monitor-traffic', { interface: 'ether99', once: '' })).toMatchObject({
    status: 400,
    body: { detail: 'input does not match any value of interface' },
  });
});

test('with a duration the traffic comes in sections at the end', async () => {
  const router = await startLabRouter();
  const sections = await inSections(router, 3000, () =>
    router.post('/interface/monitor-traffic', { interface: 'ether1,ether3', duration: '3s' }),
  );
  expect(sections.map((sample) => [sample['.section'], sample['name']])).toEqual([
    ['0', 'ether1'],
    ['0', 'ether3'],
    ['1', 'ether1'],
    ['1', 'ether3'],
    ['2', 'ether1'],
    ['2', 'ether3'],
  ]);
});

test('menus of a package or board that the router does not have are refused by their name', async () => {
  const router = await startLabRouter({ board: 'hap_ax2', version: '7.12.2' });
  expect(await router.get('/interface/wifi')).toMatchObject({
    status: 400,
    body: { detail: 'no such command or directory (wifi)' },
  });
  expect(await router.get('/interface/wireless')).toMatchObject({
    body: { detail: 'no such command or directory (wireless)' },
  });
  expect(rows(await router.get('/interface/wifiwave2'))).toHaveLength(2);
});
