import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('interfaces that work make link-local addresses of their MAC addresses', async () => {
  const router = await startLabRouter();
  const addresses = rows(await router.get('/ipv6/address?link-local=true'));
  expect(addresses.map((address) => [address['interface'], address['address']])).toEqual([
    ['ether1', 'fe80::d601:c3ff:fe00:1/64'],
    ['bridge', 'fe80::d601:c3ff:fe00:2/64'],
  ]);
  expect(addresses[0]).toMatchObject({
    'actual-interface': 'ether1',
    advertise: 'false',
    'auto-link-local': 'true',
    dynamic: 'true',
    'eui-64': 'false',
    'from-pool': '',
    'no-dad': 'false',
  });
  expect(await router.patch(`/ipv6/address/${addresses[0]?.['.id']}`, { comment: 'x' })).toMatchObject({ status: 400 });
});

test('IPv6 can be switched off', async () => {
  const router = await startLabRouter();
  await router.put('/ipv6/address', { address: '2001:db8:5::1/64', interface: 'bridge' });
  await router.post('/ipv6/settings/set', { 'disable-ipv6': true });
  expect(rows(await router.get('/ipv6/address?dynamic=true'))).toEqual([]);
  expect(rows(await router.get('/ipv6/route'))).toEqual([]);
});

test('an address is a /64 when nothing is said, in its shortest form', async () => {
  const router = await startLabRouter();
  const address = row(await router.put('/ipv6/address', { address: '2001:DB8:0005:0::1', interface: 'bridge' }));
  expect(address).toMatchObject({
    address: '2001:db8:5::1/64',
    advertise: 'true',
    'link-local': 'false',
    dynamic: 'false',
  });
  expect(await router.put('/ipv6/address', { address: '2001:db8:5::1/64', interface: 'bridge' })).toMatchObject({
    body: { detail: 'failure: already have such address' },
  });
  expect(await router.put('/ipv6/address', { address: '10.0.0.1/24', interface: 'bridge' })).toMatchObject({
    body: { detail: 'invalid value for argument address' },
  });
  expect(rows(await router.get('/ipv6/route?connect=true'))).toMatchObject([
    { 'dst-address': 'fe80::%ether1/64', gateway: 'ether1', 'local-address': 'fe80::d601:c3ff:fe00:1%ether1' },
    { 'dst-address': 'fe80::%bridge/64', gateway: 'bridge' },
    { 'dst-address': '2001:db8:5::/64', gateway: 'bridge', 'local-address': '2001:db8:5::1%bridge' },
  ]);
});

test('with eui-64 or a pool another address is read back than was written', async () => {
  const router = await startLabRouter();
  const own = { address: '2001:db8:6::/64', 'eui-64': true, interface: 'bridge' };
  expect(row(await router.put('/ipv6/address', own))['address']).toBe('2001:db8:6:0:d601:c3ff:fe00:2/64');
  await router.put('/ipv6/pool', { name: 'isp', prefix: '2001:db8:4000::/56', 'prefix-length': 64 });
  const pooled = { address: '::1/64', 'from-pool': 'isp', interface: 'ether1' };
  expect(row(await router.put('/ipv6/address', pooled))).toMatchObject({
    address: '2001:db8:4000::1/64',
    'from-pool': 'isp',
  });
  expect(rows(await router.get('/ipv6/pool/used'))).toMatchObject([{ pool: 'isp', prefix: '2001:db8:4000::/64' }]);
  expect(await router.put('/ipv6/pool', { name: 'bad', prefix: '2001:db8::/64', 'prefix-length': 56 })).toMatchObject({
    status: 400,
  });
});

test('IPv6 routes resolve as IPv4 ones do', async () => {
  const router = await startLabRouter();
  await router.put('/ipv6/address', { address: '2001:db8:5::1/64', interface: 'bridge' });
  const route = row(await router.put('/ipv6/route', { gateway: '2001:db8:5::9' }));
  expect(route).toMatchObject({ active: 'true', 'dst-address': '::/0', 'immediate-gw': '2001:db8:5::9%bridge' });
  const local = await router.put('/ipv6/route', { 'dst-address': '2001:db8:9::/48', gateway: 'fe80::1%bridge' });
  expect(row(local)).toMatchObject({ active: 'true', 'immediate-gw': 'fe80::1%bridge' });
  expect(rows(await router.post('/tool/ping', { address: '2001:db8:77::1', count: 1 }))).toMatchObject([
    { received: '1' },
  ]);
});

test('router advertisements have a row for all interfaces that stays', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ipv6/nd'))).toMatchObject([
    { default: 'true', 'hop-limit': 'unspecified', interface: 'all', 'ra-interval': '3m20s-10m', 'ra-lifetime': '30m' },
  ]);
  expect((await router.remove('/ipv6/nd/*1')).status).toBe(400);
  expect(row(await router.put('/ipv6/nd', { interface: 'bridge', 'ra-interval': '60-120' }))['ra-interval']).toBe(
    '1m-2m',
  );
  expect(await router.put('/ipv6/nd', { interface: 'ether1', 'ra-interval': '1s-2s' })).toMatchObject({ status: 400 });
});

test('a DHCPv6 client gets a prefix with its time', async () => {
  const router = await startLabRouter();
  const client = { interface: 'ether1', request: 'prefix', 'pool-name': 'isp' };
  expect(row(await router.put('/ipv6/dhcp-client', client))).toMatchObject({ status: 'searching...' });
  router.device.router.clock.advance(5000);
  expect(rows(await router.get('/ipv6/dhcp-client'))[0]).toMatchObject({
    prefix: expect.stringMatching(/^2001:db8:4000::\/56, 6d23h59m\d+s$/) as string,
    status: 'bound',
  });
  expect(await router.put('/ipv6/dhcp-client', { interface: 'bridge', request: 'everything' })).toMatchObject({
    body: { detail: 'input does not match any value of request' },
  });
});

test('neighbours are learned, and can be written from 7.17 on', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ipv6/neighbor'))[0]).toMatchObject({
    address: 'fe80::3e22:fbff:fe00:8',
    interface: 'bridge',
    'mac-address': '3C:22:FB:00:00:08',
  });
  const fixed = { address: '2001:db8::9', interface: 'bridge', 'mac-address': 'AA:BB:CC:DD:EE:FF' };
  expect(row(await router.put('/ipv6/neighbor', fixed))).toMatchObject({ dynamic: 'false', status: 'permanent' });
  const older = await startLabRouter({ version: '7.16.2' });
  expect(await older.put('/ipv6/neighbor', fixed)).toMatchObject({ status: 400 });
});

test('servers and their bindings refer to each other by name', async () => {
  const router = await startLabRouter();
  await router.put('/ipv6/pool', { name: 'lan', prefix: '2001:db8:7::/48', 'prefix-length': 56 });
  const server = { name: 'six', interface: 'bridge', 'prefix-pool': 'lan' };
  expect(row(await router.put('/ipv6/dhcp-server', server))).toMatchObject({ 'prefix-pool': 'lan', invalid: 'false' });
  const binding = { server: 'six', duid: '0x0001', iaid: 1, address: '2001:db8:7:100::/56' };
  expect(row(await router.put('/ipv6/dhcp-server/binding', binding))).toMatchObject({
    server: 'six',
    status: 'waiting',
  });
});

test('rapid commit of a client and dual-stack queues of a server are there when they were set', async () => {
  const router = await startLabRouter();
  const client = row(await router.put('/ipv6/dhcp-client', { interface: 'ether1', request: 'prefix' }));
  expect(client).not.toHaveProperty('rapid-commit');
  const path = `/ipv6/dhcp-client/${client['.id']}`;
  expect(row(await router.patch(path, { 'rapid-commit': false }))['rapid-commit']).toBe('false');
  const server = row(await router.put('/ipv6/dhcp-server', { name: 'lan', interface: 'bridge' }));
  expect(server).not.toHaveProperty('allow-dual-stack-queue');
});
