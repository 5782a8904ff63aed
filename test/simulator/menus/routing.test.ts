import { expect, test } from 'vitest';
import { managementVerdict } from '../../../simulator/network/management-path.ts';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const advance = (router: LabRouter, milliseconds: number): void => router.device.router.clock.advance(milliseconds);

/** OSPF on the network upstream. */
async function startOspf(router: LabRouter, template: Record<string, unknown> = {}): Promise<void> {
  await router.put('/routing/ospf/instance', { name: 'o1' });
  await router.put('/routing/ospf/area', { name: 'backbone', instance: 'o1' });
  await router.put('/routing/ospf/interface-template', { area: 'backbone', networks: '10.20.0.0/16', ...template });
}

test('the table main is the router’s own, others exist once', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/routing/table'))).toEqual([
    { '.id': '*0', disabled: 'false', dynamic: 'true', fib: '', invalid: 'false', name: 'main' },
  ]);
  expect(row(await router.put('/routing/table', { name: 'vpn' }))).not.toHaveProperty('fib');
  expect((await router.put('/routing/table', { name: 'vpn' })).status).toBe(400);
  expect(await router.remove('/routing/table/*0')).toMatchObject({ status: 400 });
});

test('rules and filters keep their order', async () => {
  const router = await startLabRouter();
  const chains = async () => rows(await router.get('/routing/filter/rule')).map(({ rule }) => rule);
  await router.put('/routing/filter/rule', { chain: 'in', rule: 'accept' });
  await router.put('/routing/filter/rule', {
    chain: 'in',
    rule: 'if (dst in 10.0.0.0/8) { reject }',
    'place-before': '*1',
  });
  expect(await chains()).toEqual(['if (dst in 10.0.0.0/8) { reject }', 'accept']);
  await router.post('/routing/filter/rule/move', { numbers: '*1', destination: '*2' });
  expect(await chains()).toEqual(['accept', 'if (dst in 10.0.0.0/8) { reject }']);
  expect(row(await router.put('/routing/filter/rule', { chain: 'in', rule: 'if (dst' }))['invalid']).toBe('true');
  expect(row(await router.put('/routing/rule', { 'src-address': '172.16.2.3/12', action: 'drop' }))).toMatchObject({
    'src-address': '172.16.0.0/12',
  });
});

test('a rule that drops the router’s own packets cuts off who manages it', async () => {
  const router = await startLabRouter();
  const { router: inside } = router.device;
  const verdict = () => managementVerdict(inside, { service: 'www', source: '127.0.0.1', connection: 'established' });
  expect(verdict()).toBe('accept');
  inside.insert('/routing/rule', { 'src-address': '10.20.0.0/16', action: 'drop' });
  expect(verdict()).toBe('drop');
});

test('the router id follows the highest address, until one is fixed', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/routing/id'))).toMatchObject([
    { name: 'main', dynamic: 'true', 'dynamic-id': '192.168.88.1' },
  ]);
  expect(row(await router.put('/routing/id', { name: 'fixed', id: '10.255.0.9' }))).toMatchObject({ id: '10.255.0.9' });
});

test('all routes of both families stand in one table that nobody writes', async () => {
  const router = await startLabRouter();
  const all = rows(await router.get('/routing/route'));
  expect(all.map((route) => [route['afi'], route['dst-address']])).toEqual([
    ['ip4', '10.20.0.0/16'],
    ['ip4', '192.168.88.0/24'],
    ['ip4', '0.0.0.0/0'],
  ]);
  expect(await router.put('/routing/route', { comment: 'x' })).toMatchObject({ status: 400 });
});

test('an OSPF neighbour goes through its states and is full after the dead interval', async () => {
  const router = await startLabRouter();
  await startOspf(router);
  const neighbours = async () => rows(await router.get('/routing/ospf/neighbor'));
  expect(rows(await router.get('/routing/ospf/interface'))).toMatchObject([
    { address: '10.20.1.1', area: 'backbone', cost: '1', interface: 'ether1', state: 'dr' },
  ]);
  expect(await neighbours()).toEqual([]);
  const states: (string | undefined)[] = [];
  for (let second = 0; second < 62; second++) {
    advance(router, 1000);
    const state = (await neighbours())[0]?.['state'];
    if (state !== states.at(-1)) states.push(state);
  }
  expect(states.filter((state) => state !== undefined)).toEqual([
    'Init',
    'TwoWay',
    'ExStart',
    'Exchange',
    'Loading',
    'Full',
  ]);
  expect((await neighbours())[0]).toMatchObject({
    address: '10.20.0.1',
    area: 'backbone',
    dynamic: 'true',
    instance: 'o1',
    interface: 'ether1',
    'state-changes': '6',
  });
  expect(rows(await router.get('/ip/route?ospf=true'))).toMatchObject([{ distance: '110', gateway: '10.20.0.1' }]);
  expect(rows(await router.get('/routing/ospf/lsa'))).toHaveLength(2);
});

test('passive interfaces have no neighbours, and neither has a disabled instance', async () => {
  const router = await startLabRouter();
  await startOspf(router, { passive: '' });
  advance(router, 120_000);
  expect(rows(await router.get('/routing/ospf/interface'))).toMatchObject([{ state: 'passive' }]);
  expect(rows(await router.get('/routing/ospf/neighbor'))).toEqual([]);
  await router.post('/routing/ospf/interface-template/unset', { '.id': '*1', 'value-name': 'passive' });
  advance(router, 120_000);
  expect(rows(await router.get('/routing/ospf/neighbor'))).toMatchObject([{ state: 'Full' }]);
  await router.post('/routing/ospf/instance/disable', { numbers: 'o1' });
  expect(rows(await router.get('/routing/ospf/neighbor'))).toEqual([]);
  expect(rows(await router.get('/routing/ospf/area'))).toMatchObject([{ inactive: 'true' }]);
});

test('OSPF refers to areas and interfaces by name, and follows renames', async () => {
  const router = await startLabRouter();
  await startOspf(router, { networks: undefined, interfaces: 'ether1', 'auth-key': 'hunter2', auth: 'md5' });
  await router.patch('/interface/ether1', { name: 'wan' });
  expect(rows(await router.get('/routing/ospf/interface-template'))[0]).toMatchObject({
    area: 'backbone',
    'auth-key': 'hunter2',
    interfaces: 'wan',
  });
  expect(await router.put('/routing/ospf/interface-template', { area: 'nowhere' })).toMatchObject({
    body: { detail: 'input does not match any value of area' },
  });
});

test('a BGP session follows from its connection, and brings routes', async () => {
  const router = await startLabRouter();
  await router.put('/routing/bgp/instance', { name: 'main', as: 65000 });
  const connection = row(
    await router.put('/routing/bgp/connection', {
      name: 'peer1',
      instance: 'main',
      'local.role': 'ebgp',
      'remote.address': '10.20.0.2',
      'remote.as': 65001,
    }),
  );
  expect(connection).toMatchObject({ 'remote.address': '10.20.0.2/32', inactive: 'false' });
  expect(rows(await router.get('/routing/bgp/session'))).toEqual([]);
  advance(router, 65_000);
  const [session] = rows(await router.get('/routing/bgp/session'));
  expect(session).toMatchObject({
    '.id': '*2800000',
    established: 'true',
    'hold-time': '3m',
    'keepalive-time': '1m',
    'local.address': '10.20.1.1',
    'local.as': '65000',
    'local.role': 'ebgp',
    name: 'peer1-1',
    'prefix-count': '3',
    'remote.address': '10.20.0.2',
    'remote.as': '65001',
  });
  expect(rows(await router.get('/ip/route?bgp=true'))).toHaveLength(3);
  await router.post('/routing/bgp/session/stop', { '.id': session?.['.id'] });
  const [stopped] = rows(await router.get('/routing/bgp/session'));
  expect(stopped).not.toHaveProperty('established');
  expect(stopped).not.toHaveProperty('uptime');
  expect(rows(await router.get('/ip/route?bgp=true'))).toEqual([]);
  await router.post('/routing/bgp/session/clear', { '.id': session?.['.id'] });
  advance(router, 6000);
  expect(rows(await router.get('/routing/bgp/session'))[0]).toMatchObject({ established: 'true' });
});

test('from 7.20 on a connection without an instance is inactive and says why', async () => {
  const router = await startLabRouter();
  const peer = { name: 'peer1', 'local.role': 'ebgp', 'remote.address': '10.20.0.2', as: 65000 };
  expect(row(await router.put('/routing/bgp/connection', peer))).toMatchObject({
    '.about': 'inactive: no instance',
    inactive: 'true',
  });
  const older = await startLabRouter({ version: '7.16.2' });
  expect(row(await older.put('/routing/bgp/connection', peer))).toMatchObject({ inactive: 'false' });
  expect((await older.get('/routing/bgp/instance')).body).toMatchObject({
    detail: 'no such command or directory (instance)',
  });
});

test('address families are called afi from 7.19 on', async () => {
  const peer = { name: 'peer1', 'local.role': 'ibgp', 'remote.address': '10.20.0.2', as: 65000 };
  const older = await startLabRouter({ version: '7.16.2' });
  expect(row(await older.put('/routing/bgp/connection', { ...peer, 'address-families': 'ip,ipv6' }))).toMatchObject({
    'address-families': 'ip,ipv6',
  });
  const newer = await startLabRouter();
  expect(await newer.put('/routing/bgp/connection', { ...peer, 'address-families': 'ip' })).toMatchObject({
    body: { detail: 'unknown parameter address-families' },
  });
  expect(row(await newer.put('/routing/bgp/connection', { ...peer, afi: 'ip,ipv6' }))['afi']).toBe('ip,ipv6');
});

test('what a router announces is what its list and its kinds of routes say', async () => {
  const router = await startLabRouter();
  await router.put('/routing/bgp/instance', { name: 'main', as: 65000 });
  await router.put('/routing/bgp/connection', {
    name: 'peer1',
    instance: 'main',
    'local.role': 'ebgp',
    'remote.address': '10.20.0.2',
    'output.redistribute': 'connected',
  });
  advance(router, 10_000);
  const told = rows(await router.get('/routing/bgp/advertisements'));
  expect(told.map(({ dst }) => dst)).toEqual(['10.20.0.0/16', '192.168.88.0/24']);
  expect(told[0]).toMatchObject({ peer: 'peer1-1', nexthop: '10.20.1.1', 'as-path': '65000' });
});

test('an AS number may have a dot or a confederation', async () => {
  const router = await startLabRouter();
  const as = async (value: string) => {
    const added = row(await router.put('/routing/bgp/instance', { name: `as-${value}`, as: value }));
    return added['as'] ?? added['detail'];
  };
  expect(await as('65550/5')).toBe('65550/5');
  expect(await as('1.14')).toBe('65550');
  expect(await as('65550/')).toMatch(/(of|argument) as\b/);
  expect(await as('4294967296')).toMatch(/(of|argument) as\b/);
  expect(await as('1.65536')).toMatch(/(of|argument) as\b/);
  expect(await as('1/2/3')).toMatch(/(of|argument) as\b/);
});
