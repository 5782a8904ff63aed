import { expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const routeTo = async (router: LabRouter, destination: string): Promise<Record<string, string>[]> =>
  rows(await router.get(`/ip/route?dst-address=${destination}`));

/** Takes a port out of the bridge, so that it has addresses of its own. */
async function freePort(router: LabRouter, name: string): Promise<void> {
  const [port] = rows(await router.get(`/interface/bridge/port?interface=${name}`));
  await router.remove(`/interface/bridge/port/${port?.['.id']}`);
}

test('an address on a port of a bridge is really used by the bridge', async () => {
  const router = await startLabRouter();
  const added = row(await router.put('/ip/address', { address: '10.9.0.1/24', interface: 'ether2' }));
  expect(added).toMatchObject({ interface: 'ether2', 'actual-interface': 'bridge', slave: 'true', invalid: 'false' });
  expect(await routeTo(router, '10.9.0.0/24')).toMatchObject([
    { gateway: 'bridge', 'local-address': '10.9.0.1%bridge', connect: 'true' },
  ]);
  await freePort(router, 'ether2');
  expect(row(await router.get(`/ip/address/${added['.id']}`))).toMatchObject({
    'actual-interface': 'ether2',
    slave: 'false',
  });
  expect(await routeTo(router, '10.9.0.0/24')).toMatchObject([{ gateway: 'ether2' }]);
});

test('an address whose interface is gone is invalid and shows the bare id', async () => {
  const router = await startLabRouter();
  const vlan = row(await router.put('/interface/vlan', { name: 'vlan9', interface: 'bridge', 'vlan-id': 9 }));
  const address = row(await router.put('/ip/address', { address: '10.9.0.1/24', interface: 'vlan9' }));
  await router.remove(`/interface/vlan/${vlan['.id']}`);
  expect(row(await router.get(`/ip/address/${address['.id']}`))).toMatchObject({
    interface: vlan['.id'],
    'actual-interface': vlan['.id'],
    invalid: 'true',
  });
  expect(await routeTo(router, '10.9.0.0/24')).toEqual([]);
});

test('a gateway is found over another route when the scopes allow it', async () => {
  const router = await startLabRouter();
  await router.put('/ip/route', { 'dst-address': '10.50.0.0/16', gateway: '10.20.0.9', scope: 10 });
  const far = row(await router.put('/ip/route', { 'dst-address': '10.60.0.0/16', gateway: '10.50.0.1' }));
  expect(far).toMatchObject({ active: 'true', gateway: '10.50.0.1', 'immediate-gw': '10.20.0.9%ether1' });
  const tooNarrow = await router.put('/ip/route', {
    'dst-address': '10.61.0.0/16',
    gateway: '10.50.0.1',
    'target-scope': 5,
  });
  expect(row(tooNarrow)).toMatchObject({ inactive: 'true', 'immediate-gw': '' });
});

test('a route with check-gateway=ping is inactive while its gateway does not answer', async () => {
  const router = await startLabRouter();
  await freePort(router, 'ether2');
  await router.put('/ip/address', { address: '192.0.2.1/24', interface: 'ether2' });
  const route = { 'dst-address': '10.70.0.0/16', gateway: '192.0.2.9' };
  expect(row(await router.put('/ip/route', route))).toMatchObject({ active: 'true' });
  const checked = row(await router.put('/ip/route', { ...route, 'check-gateway': 'ping', distance: 2 }));
  expect(checked).toMatchObject({ inactive: 'true', 'check-gateway': 'ping' });
});

test('a blackhole has no gateway and no scopes, and takes what goes there', async () => {
  const router = await startLabRouter();
  const hole = row(await router.put('/ip/route', { 'dst-address': '10.80.0.0/16', blackhole: '' }));
  expect(hole).toEqual({
    '.id': hole['.id'],
    active: 'true',
    blackhole: '',
    distance: '1',
    'dst-address': '10.80.0.0/16',
    dynamic: 'false',
    inactive: 'false',
    'routing-table': 'main',
    static: 'true',
  });
  expect(rows(await router.post('/tool/ping', { address: '10.80.0.1', count: 1 }))).toMatchObject([
    { status: 'no route to host' },
  ]);
});

test('a gateway may be an interface, or an address with its interface', async () => {
  const router = await startLabRouter();
  const byPort = { 'dst-address': '10.81.0.0/16', gateway: 'ether1' };
  expect(row(await router.put('/ip/route', byPort))).toMatchObject({ active: 'true', 'immediate-gw': 'ether1' });
  const both = { 'dst-address': '10.82.0.0/16', gateway: '172.31.0.1%ether1' };
  expect(row(await router.put('/ip/route', both))).toMatchObject({ 'immediate-gw': '172.31.0.1%ether1' });
  expect(await router.put('/ip/route', { gateway: '172.31.0.1%ether99' })).toMatchObject({
    status: 400,
    body: { detail: 'invalid or unexpected argument gateway' },
  });
});

test('routes of another table are not those of main, and show its dead id when it is gone', async () => {
  const router = await startLabRouter();
  expect(await router.put('/ip/route', { gateway: '10.20.0.9', 'routing-table': 'vpn' })).toMatchObject({
    status: 400,
    body: { detail: 'input does not match any value of routing-table' },
  });
  const table = row(await router.put('/routing/table', { name: 'vpn', fib: '' }));
  expect(table).toMatchObject({ name: 'vpn', fib: '', dynamic: 'false' });
  const route = row(await router.put('/ip/route', { gateway: '10.20.0.9', 'routing-table': 'vpn' }));
  expect(route).toMatchObject({ active: 'true', 'routing-table': 'vpn' });
  expect(rows(await router.get('/ip/route?dst-address=0.0.0.0/0&active=true'))).toHaveLength(2);
  await router.remove(`/routing/table/${table['.id']}`);
  expect(row(await router.get(`/ip/route/${route['.id']}`))['routing-table']).toBe(table['.id']);
});

test('rules send destinations to another table, or nowhere', async () => {
  const router = await startLabRouter();
  await router.put('/routing/table', { name: 'vpn', fib: '' });
  const check = async (destination: string) =>
    rows(await router.post('/ip/route/check', { 'dst-ip': destination, once: '' }));
  await router.put('/ip/route', { gateway: '10.20.0.9', 'routing-table': 'vpn' });
  expect(await check('9.9.9.9')).toMatchObject([{ interface: 'ether1', nexthop: '10.20.0.1' }]);
  await router.put('/routing/rule', { 'dst-address': '9.9.9.0/24', action: 'lookup', table: 'vpn' });
  expect(await check('9.9.9.9')).toMatchObject([{ nexthop: '10.20.0.9' }]);
  const [rule] = rows(await router.get('/routing/rule'));
  await router.put('/routing/rule', { 'dst-address': '9.9.9.9', action: 'drop', 'place-before': rule?.['.id'] });
  expect(await check('9.9.9.9')).toMatchObject([{ status: 'unreachable' }]);
  expect(await check('9.9.9.8')).toMatchObject([{ nexthop: '10.20.0.9' }]);
});

test('older versions have no check of routes', async () => {
  const router = await startLabRouter({ version: '7.16.2' });
  expect(await router.post('/ip/route/check', { 'dst-ip': '8.8.8.8', once: '' })).toMatchObject({
    status: 400,
    body: { detail: 'no such command' },
  });
});

test('routes that the router made itself cannot be changed', async () => {
  const router = await startLabRouter();
  const [connected] = await routeTo(router, '192.168.88.0/24');
  expect(connected?.['.id']).toMatch(/^\*2018C0A8/);
  expect(await router.patch(`/ip/route/${connected?.['.id']}`, { distance: 5 })).toMatchObject({ status: 400 });
});

test('a thousand static routes print in a moment', async () => {
  const router = await startLabRouter();
  const { router: inside } = router.device;
  for (let number = 0; number < 1000; number++) {
    inside.insert('/ip/route', {
      'dst-address': `10.${100 + (number >> 8)}.${number & 255}.0/24`,
      gateway: '10.20.0.1',
    });
  }
  const printed = rows(await router.get('/ip/route?static=true'));
  expect(printed.filter((route) => route['active'] === 'true')).toHaveLength(1001);
});
