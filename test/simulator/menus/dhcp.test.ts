import { expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const leases = async (router: LabRouter, filter = ''): Promise<Record<string, string>[]> =>
  rows(await router.get(`/ip/dhcp-server/lease${filter}`));

const advance = (router: LabRouter, milliseconds: number): void => router.device.router.clock.advance(milliseconds);

test('a new router serves its bridge from a pool', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ip/dhcp-server'))).toMatchObject([
    { name: 'defconf', interface: 'bridge', 'address-pool': 'default-dhcp', 'lease-time': '30m', 'use-radius': 'no' },
  ]);
  expect(rows(await router.get('/ip/dhcp-server/network'))).toMatchObject([
    { address: '192.168.88.0/24', gateway: '192.168.88.1', 'dns-server': '192.168.88.1', 'ntp-server': '' },
  ]);
  expect(rows(await router.get('/ip/pool'))).toMatchObject([
    { name: 'default-dhcp', ranges: '192.168.88.10-192.168.88.254', total: '245' },
  ]);
});

test('machines hold dynamic leases whose time runs and which they renew', async () => {
  const router = await startLabRouter();
  const [first] = await leases(router);
  expect(first).toMatchObject({
    'active-address': '192.168.88.254',
    'active-server': 'defconf',
    address: '192.168.88.254',
    blocked: 'false',
    dynamic: 'true',
    radius: 'false',
    server: 'defconf',
    status: 'bound',
  });
  expect(first?.['expires-after']).toMatch(/^\d+m(\d+s)?$/);
  expect(first?.['last-seen']).toMatch(/^\d+m|^\d+s/);
  advance(router, 60_000);
  const [later] = await leases(router);
  expect(later?.['expires-after']).not.toBe(first?.['expires-after']);
  advance(router, 86_400_000);
  expect((await leases(router, '?address=192.168.88.254'))[0]).toMatchObject({ status: 'bound' });
});

test('a visitor leaves, its lease expires, and it comes back', async () => {
  const router = await startLabRouter();
  const visitor = async () => await leases(router, '?host-name=phone-guest');
  const states = new Set<boolean>();
  for (let hour = 0; hour < 7; hour++) {
    states.add((await visitor()).length === 1);
    advance(router, 3_600_000);
  }
  expect(states).toEqual(new Set([true, false]));
});

test('the pool tells which addresses are used', async () => {
  const router = await startLabRouter();
  const bound = await leases(router, '?status=bound');
  const used = rows(await router.get('/ip/pool/used'));
  expect(new Set(used.map(({ address }) => address))).toEqual(new Set(bound.map((lease) => lease['active-address'])));
  expect(used[0]).toMatchObject({ owner: 'DHCP', pool: 'default-dhcp', info: bound[0]?.['mac-address'] });
  expect(rows(await router.get('/ip/pool'))[0]).toMatchObject({
    used: String(bound.length),
    available: String(245 - bound.length),
  });
});

test('a dynamic lease becomes static under its id and then is the machine’s', async () => {
  const router = await startLabRouter();
  const [lease] = await leases(router);
  expect(await router.post('/ip/dhcp-server/lease/make-static', { '.id': lease?.['.id'] })).toMatchObject({
    status: 200,
    body: [],
  });
  expect((await leases(router))[0]).toMatchObject({ '.id': lease?.['.id'], dynamic: 'false', status: 'bound' });
  const kept = row(await router.patch(`/ip/dhcp-server/lease/${lease?.['.id']}`, { comment: 'reception' }));
  expect(kept).toMatchObject({ comment: 'reception', address: lease?.['address'] });
});

test('a static lease waits for its machine, with these keys and no others', async () => {
  const router = await startLabRouter();
  const waiting = row(
    await router.put('/ip/dhcp-server/lease', {
      address: '192.168.88.10',
      'mac-address': 'aa:bb:cc:dd:ee:ff',
      server: 'defconf',
    }),
  );
  expect(waiting).toEqual({
    '.id': waiting['.id'],
    'active-agent-circuit-id': '',
    'active-agent-remote-id': '',
    address: '192.168.88.10',
    'address-lists': '',
    'agent-circuit-id': '',
    'agent-remote-id': '',
    blocked: 'false',
    'dhcp-option': '',
    disabled: 'false',
    dynamic: 'false',
    'last-seen': 'never',
    'mac-address': 'AA:BB:CC:DD:EE:FF',
    radius: 'false',
    server: 'defconf',
    status: 'waiting',
  });
});

test('static leases are unique by machine on a server and by address everywhere', async () => {
  const router = await startLabRouter();
  const add = async (lease: Record<string, string>) => await router.put('/ip/dhcp-server/lease', lease);
  const lease = { address: '192.168.88.10', 'mac-address': 'AA:BB:CC:DD:EE:FF', server: 'defconf' };
  expect((await add(lease)).status).toBe(201);
  expect(row(await add({ ...lease, address: '192.168.88.11' }))['detail']).toBe(
    'failure: already have static lease for this client',
  );
  expect(row(await add({ ...lease, 'mac-address': 'AA:BB:CC:DD:EE:00' }))['detail']).toBe(
    'failure: already have static lease with this IP address',
  );
  expect(row(await add({ ...lease, 'mac-address': 'nonsense' }))['detail']).toBe(
    'invalid value of mac-address, mac address required',
  );
  expect(row(await add({ ...lease, server: 'nobody' }))['detail']).toBe('input does not match any value of server');
});

test('a disabled server or interface takes its leases down, with lines in the log', async () => {
  const router = await startLabRouter();
  const before = (await leases(router)).length;
  expect(before).toBeGreaterThan(2);
  await router.post('/ip/dhcp-server/disable', { numbers: 'defconf' });
  expect(await leases(router)).toEqual([]);
  const lines = rows(await router.get('/log?topics=dhcp,info')).map(({ message }) => message);
  expect(lines).toContainEqual(expect.stringMatching(/^defconf deassigned 192\.168\.88\.254 for [\dA-F:]{17} /));
  await router.post('/ip/dhcp-server/enable', { numbers: 'defconf' });
  expect(await leases(router)).toEqual([]);
  advance(router, 60_000);
  expect((await leases(router)).length).toBeGreaterThan(2);
  await router.patch('/interface/bridge', { disabled: true });
  await router.post('/interface/disable', { numbers: 'bridge' });
  expect(await leases(router)).toEqual([]);
});

test('a removed dynamic lease comes back with the next renewal, not before', async () => {
  const router = await startLabRouter();
  const [lease] = await leases(router);
  expect((await router.remove(`/ip/dhcp-server/lease/${lease?.['.id']}`)).status).toBe(204);
  const again = async () => await leases(router, `?mac-address=${lease?.['mac-address']}`);
  expect(await again()).toEqual([]);
  advance(router, 1_800_000);
  expect(await again()).toMatchObject([{ status: 'bound', dynamic: 'true' }]);
});

test('names of servers, networks and pools exist once, and a network has no host bits', async () => {
  const router = await startLabRouter();
  const detail = async (path: string, body: Record<string, string>) => row(await router.put(path, body))['detail'];
  expect(await detail('/ip/dhcp-server', { name: 'defconf', interface: 'ether1' })).toBe(
    'failure: server with such name already exists',
  );
  expect(await detail('/ip/dhcp-server', { name: 'x', interface: 'ether99' })).toBe(
    'input does not match any value of interface',
  );
  expect(await detail('/ip/dhcp-server', { name: 'x', interface: 'ether1', 'address-pool': 'none' })).toBe(
    'input does not match any value of address-pool',
  );
  expect(await detail('/ip/dhcp-server/network', { address: '192.168.88.0/24' })).toBe(
    'failure: such network already exists',
  );
  expect(await detail('/ip/dhcp-server/network', { address: '192.168.89.1/24' })).toBe('failure: invalid network');
  expect(await detail('/ip/pool', { name: 'default-dhcp', ranges: '10.0.0.1-10.0.0.9' })).toBe(
    'failure: pool with such name exists',
  );
  expect(await detail('/ip/pool', { name: 'x', ranges: '10.0.0.9-10.0.0.1' })).toBe(
    'value of ranges expects range of ip addresses',
  );
});

test('a pool in use may be removed, and its server shows the dead id', async () => {
  const router = await startLabRouter();
  expect((await router.remove('/ip/pool/*1')).status).toBe(204);
  expect(rows(await router.get('/ip/dhcp-server'))[0]?.['address-pool']).toBe('*1');
  await router.put('/ip/pool', { name: 'default-dhcp', ranges: '192.168.88.10-192.168.88.254' });
  expect(rows(await router.get('/ip/dhcp-server'))[0]?.['address-pool']).toBe('*1');
});

test('a DHCP client gets an address, a route and a name server, and loses them with its lease', async () => {
  const router = await startLabRouter();
  const [seeded] = rows(await router.get('/ip/dhcp-client'));
  expect(seeded).toMatchObject({ interface: 'ether1', disabled: 'true', status: 'stopped' });
  expect(seeded).not.toHaveProperty('address');
  await router.post('/ip/dhcp-client/enable', { '.id': seeded?.['.id'] });
  expect(rows(await router.get('/ip/dhcp-client'))[0]?.['status']).toBe('searching...');
  advance(router, 5000);
  expect(rows(await router.get('/ip/dhcp-client'))[0]).toMatchObject({
    address: '10.20.128.1/16',
    'dhcp-server': '10.20.0.1',
    gateway: '10.20.0.1',
    'primary-dns': '10.20.0.1',
    status: 'bound',
  });
  const [address] = rows(await router.get('/ip/address?dynamic=true'));
  expect(address).toMatchObject({ address: '10.20.128.1/16', interface: 'ether1', network: '10.20.0.0' });
  expect(rows(await router.get('/ip/route?dhcp=true'))).toMatchObject([
    { 'dst-address': '0.0.0.0/0', gateway: '10.20.0.1', distance: '1', dynamic: 'true', 'vrf-interface': 'ether1' },
  ]);
  expect(row(await router.get('/ip/dns'))['dynamic-servers']).toBe('10.20.0.1');
  expect(await router.patch(`/ip/address/${address?.['.id']}`, { comment: 'x' })).toMatchObject({ status: 400 });
  await router.post('/ip/dhcp-client/release', { '.id': seeded?.['.id'] });
  expect(rows(await router.get('/ip/address?dynamic=true'))).toEqual([]);
  await router.post('/ip/dhcp-client/disable', { '.id': seeded?.['.id'] });
  advance(router, 5000);
  expect(rows(await router.get('/ip/route?dhcp=true'))).toEqual([]);
});

test('a client finds nobody on a port without a server, and cannot run on a port of a bridge', async () => {
  const router = await startLabRouter();
  const [seeded] = rows(await router.get('/ip/dhcp-client'));
  expect(await router.put('/ip/dhcp-client', { interface: 'ether1' })).toMatchObject({
    status: 400,
    body: { detail: 'failure: already have such interface' },
  });
  const slave = row(await router.put('/ip/dhcp-client', { interface: 'ether2' }));
  expect(slave).toMatchObject({ invalid: 'true', status: 'error' });
  await router.put('/ip/dhcp-client', { interface: 'bridge' });
  advance(router, 60_000);
  expect(rows(await router.get('/ip/dhcp-client?interface=bridge'))[0]?.['status']).toBe('searching...');
  expect(seeded?.['add-default-route']).toBe('yes');
});

test('ARP shows machines with a lease and the gateway, and their state changes with time', async () => {
  const router = await startLabRouter();
  const entries = rows(await router.get('/ip/arp'));
  expect(entries.find(({ address }) => address === '10.20.0.1')).toMatchObject({
    DHCP: 'false',
    complete: 'true',
    dynamic: 'true',
    interface: 'ether1',
    published: 'false',
    vrf: 'main',
  });
  expect(entries.filter((entry) => entry['interface'] === 'bridge')).toHaveLength((await leases(router)).length);
  const states = new Set<string | undefined>();
  for (let second = 0; second < 90; second += 5) {
    states.add(rows(await router.get('/ip/arp?address=10.20.0.1'))[0]?.['status']);
    advance(router, 5000);
  }
  expect(states).toEqual(new Set(['reachable', 'stale', 'delay', 'probe']));
  const fixed = { address: '192.168.88.99', interface: 'bridge', 'mac-address': 'aa-bb-cc-00-11-22' };
  expect(row(await router.put('/ip/arp', fixed))).toMatchObject({
    dynamic: 'false',
    'mac-address': 'AA:BB:CC:00:11:22',
    status: 'permanent',
  });
});

test.each([
  ["s'192.0.2.1'", '3139322e302e322e31'],
  ["'192.0.2.1'", 'c0000201'],
  ["'10'", '0a'],
  ["'160'", 'a0'],
  ["'pxe'", '707865'],
  ["0x01's'", '0173'],
])('the option value %s is sent as %s', async (value, raw) => {
  const router = await startLabRouter();
  const option = { name: 'own', code: 77, value };
  expect(row(await router.put('/ip/dhcp-server/option', option))).toMatchObject({ value, 'raw-value': raw });
});

test('an option value is quoted, or hexadecimal', async () => {
  const router = await startLabRouter();
  const option = { name: 'own', code: 77, value: 'pxe' };
  expect(await router.put('/ip/dhcp-server/option', option)).toMatchObject({
    status: 400,
    body: { detail: 'invalid value for argument value' },
  });
});
