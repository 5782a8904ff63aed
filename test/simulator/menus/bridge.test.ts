import { expect, test } from 'vitest';
import { bridgeOf, isSlave } from '../../../simulator/menus/interface/bridge-membership.ts';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('a new router has one bridge with all ports but the uplink', async () => {
  const router = await startLabRouter();
  const ports = rows(await router.get('/interface/bridge/port'));
  expect(ports.map((port) => port['interface'])).toEqual([
    ...[2, 3, 4, 5, 6, 7, 8].map((port) => `ether${port}`),
    'sfp-sfpplus1',
  ]);
  expect(ports.every((port) => port['bridge'] === 'bridge' && port['comment'] === 'defconf')).toBe(true);
  const ax2 = await startLabRouter({ board: 'hap_ax2' });
  expect(rows(await ax2.get('/interface/bridge/port')).map((port) => port['interface'])).toContain('wifi1');
});

test('a new bridge has the defaults of the device, and a state of its own', async () => {
  const router = await startLabRouter();
  const bridge = row(await router.put('/interface/bridge', { name: 'lab' }));
  expect(bridge).toEqual({
    '.id': expect.stringMatching(/^\*[\dA-F]+$/) as unknown,
    'actual-mtu': '1500',
    'ageing-time': '5m',
    arp: 'enabled',
    'arp-timeout': 'auto',
    'auto-mac': 'true',
    'dhcp-snooping': 'false',
    disabled: 'false',
    'ether-type': '0x8100',
    'fast-forward': 'true',
    'forward-delay': '15s',
    'forward-reserved-addresses': 'false',
    'frame-types': 'admit-all',
    'igmp-snooping': 'false',
    'ingress-filtering': 'true',
    l2mtu: '65535',
    'mac-address': expect.stringMatching(/^0A:/) as unknown,
    'max-learned-entries': 'auto',
    'max-message-age': '20s',
    mtu: 'auto',
    mvrp: 'false',
    name: 'lab',
    'port-cost-mode': 'long',
    priority: '0x8000',
    'protocol-mode': 'rstp',
    pvid: '1',
    running: 'true',
    'transmit-hold-count': '6',
    'vlan-filtering': 'false',
  });
});

test('a bridge without a name is called by the next number, and its priority is hexadecimal', async () => {
  const router = await startLabRouter();
  expect(row(await router.put('/interface/bridge', { priority: '4096' }))).toMatchObject({
    name: 'bridge1',
    priority: '0x1000',
  });
  expect(row(await router.put('/interface/bridge', {}))['name']).toBe('bridge2');
  expect(await router.put('/interface/bridge', { pvid: 5000 })).toMatchObject({
    status: 400,
    body: { detail: 'value of pvid out of range (1..4094)' },
  });
  expect(await router.put('/interface/bridge', { 'protocol-mode': 'fast' })).toMatchObject({
    body: { detail: 'input does not match any value of protocol-mode' },
  });
});

test('settings of features that are off are not there', async () => {
  const router = await startLabRouter();
  const bridge = async (change: object) => row(await router.patch('/interface/bridge/bridge', change));
  expect(await bridge({})).not.toHaveProperty('igmp-version');
  expect(await bridge({ 'igmp-snooping': true })).toMatchObject({ 'igmp-version': '2', 'query-interval': '2m5s' });
  expect(await bridge({ 'protocol-mode': 'mstp' })).toMatchObject({ 'max-hops': '20', 'region-revision': '0' });
  expect(await bridge({ 'dhcp-snooping': true })).toMatchObject({ 'add-dhcp-option82': 'false' });
});

test('older bridges lack what came later', async () => {
  const router = await startLabRouter({ version: '7.12.2' });
  const bridge = row(await router.get('/interface/bridge/bridge'));
  for (const later of ['port-cost-mode', 'mvrp', 'max-learned-entries', 'forward-reserved-addresses']) {
    expect(bridge).not.toHaveProperty(later);
  }
  const [port] = rows(await router.get('/interface/bridge/port'));
  expect(port).toMatchObject({ 'path-cost': '10', 'internal-path-cost': '10' });
  const newer = await startLabRouter();
  expect(rows(await newer.get('/interface/bridge/port'))[0]).not.toHaveProperty('path-cost');
});

test('a port in the bridge is a slave, forwards, and tells its role', async () => {
  const router = await startLabRouter();
  const [port] = rows(await router.get('/interface/bridge/port?interface=ether2'));
  expect(port).toMatchObject({
    '.id': '*0',
    bridge: 'bridge',
    'broadcast-flood': 'true',
    'debug-info': expect.stringContaining('\n') as unknown,
    edge: 'auto',
    forwarding: 'true',
    'frame-types': 'admit-all',
    horizon: 'none',
    hw: 'true',
    'hw-offload': 'true',
    inactive: 'false',
    'ingress-filtering': 'true',
    learn: 'auto',
    learning: 'true',
    'multicast-router': 'temporary-query',
    'point-to-point': 'auto',
    'port-number': '1',
    priority: '0x80',
    pvid: '1',
    role: 'designated-port',
    'sending-rstp': 'true',
    status: 'in-bridge',
  });
  expect(row(await router.get('/interface/ether2'))['slave']).toBe('true');
  expect(row(await router.get('/interface/ether1'))).not.toHaveProperty('slave');
});

test('a port whose interface is down is inactive, one that is disabled is no member', async () => {
  const router = await startLabRouter();
  await router.patch('/interface/ether2', { disabled: true });
  const port = row(await router.get('/interface/bridge/port/*0'));
  expect(port).toMatchObject({ status: 'inactive', inactive: 'true', role: 'disabled-port', disabled: 'false' });
  expect(port).not.toHaveProperty('port-number');
  expect(row(await router.get('/interface/ether2'))['slave']).toBe('true');
  await router.patch('/interface/bridge/port/*1', { disabled: true });
  expect(row(await router.get('/interface/ether3'))).not.toHaveProperty('slave');
  const [, second, third] = router.device.router.items('/interface');
  expect(second && bridgeOf(second.id, router.device.router)?.values['name']).toBe('bridge');
  expect(third && isSlave(third.id, router.device.router)).toBe(false);
});

test('an interface is in one bridge at most, also when the other entry is disabled', async () => {
  const router = await startLabRouter();
  await router.put('/interface/bridge', { name: 'other' });
  const refused = { status: 400, body: { detail: 'failure: already have device with such name' } };
  const twice = { bridge: 'other', interface: 'ether2' };
  expect(await router.put('/interface/bridge/port', twice)).toMatchObject(refused);
  await router.patch('/interface/bridge/port/*0', { disabled: true });
  expect(await router.put('/interface/bridge/port', twice)).toMatchObject(refused);
  expect(await router.put('/interface/bridge/port', { bridge: 'nowhere', interface: 'ether1' })).toMatchObject({
    body: { detail: 'input does not match any value of bridge' },
  });
  expect(await router.put('/interface/bridge/port', { bridge: 'other' })).toMatchObject({
    body: { detail: 'missing =interface=' },
  });
  expect(await router.put('/interface/bridge/port', { bridge: 'other', interface: 'bridge' })).toMatchObject({
    body: { detail: 'input does not match any value of interface' },
  });
});

test('ports go by their id: the name of the interface in numbers finds nothing', async () => {
  const router = await startLabRouter();
  const named = { numbers: 'ether2', comment: 'x' };
  expect(await router.post('/interface/bridge/port/set', named)).toMatchObject({ status: 404 });
  expect(await router.post('/interface/bridge/port/set', { '.id': '*0', comment: 'x' })).toMatchObject({ status: 200 });
});

test('the state of a port can be read but not written', async () => {
  const router = await startLabRouter();
  for (const name of ['status', 'role', 'inactive', 'debug-info', 'port-number']) {
    expect(await router.patch('/interface/bridge/port/*0', { [name]: 'x' })).toMatchObject({
      status: 400,
      body: { detail: `unknown parameter ${name}` },
    });
  }
});

test('a bridge runs while one of its ports does, and always when it has none', async () => {
  const router = await startLabRouter();
  await router.put('/interface/bridge', { name: 'lab' });
  await router.put('/interface/bridge/port', { bridge: 'lab', interface: 'ether1' });
  const running = async () => row(await router.get('/interface/bridge/lab'))['running'];
  expect(await running()).toBe('true');
  await router.post('/interface/vlan/add', { name: 'on-lab', interface: 'lab', 'vlan-id': 5 });
  await router.control('POST', '/devices/lab-01/edit', { path: '/interface/ether1', set: { disabled: 'yes' } });
  const state = router.device.router.rows('/interface');
  expect(state.find(({ name }) => name === 'lab')?.['running']).toBe('false');
  expect(state.find(({ name }) => name === 'on-lab')?.['running']).toBe('false');
});

test('a bridge takes the address of its first port unless it has one of its own', async () => {
  const router = await startLabRouter();
  const mac = async () => row(await router.get('/interface/bridge/bridge'))['mac-address'];
  expect(await mac()).toBe('D4:01:C3:00:00:02');
  await router.patch('/interface/bridge/bridge', { 'admin-mac': '02:00:00:00:00:aa' });
  expect(await mac()).toBe('02:00:00:00:00:AA');
  await router.patch('/interface/bridge/bridge', { 'auto-mac': true });
  expect(await mac()).toBe('D4:01:C3:00:00:02');
});

test('the cost of a port can be set and unset, by command since 7.13', async () => {
  const router = await startLabRouter();
  expect(row(await router.patch('/interface/bridge/port/*0', { 'path-cost': 2000 }))['path-cost']).toBe('2000');
  expect(await router.post('/interface/bridge/port/unset', { '.id': '*0', 'value-name': 'path-cost' })).toMatchObject({
    status: 200,
  });
  expect(row(await router.get('/interface/bridge/port/*0'))).not.toHaveProperty('path-cost');
  const older = await startLabRouter({ version: '7.12.2' });
  expect(await older.post('/interface/bridge/port/unset', { '.id': '*0', 'value-name': 'path-cost' })).toMatchObject({
    status: 400,
    body: { detail: 'no such command' },
  });
});

test('the monitors of a bridge and of a port answer once', async () => {
  const router = await startLabRouter();
  const [bridge] = rows(await router.post('/interface/bridge/monitor', { numbers: 'bridge', once: '' }));
  expect(bridge).toMatchObject({ state: 'enabled', 'root-bridge': 'true', 'root-port': 'none', 'port-count': '8' });
  const [port] = rows(await router.post('/interface/bridge/port/monitor', { numbers: '*0', once: '' }));
  expect(port).toMatchObject({ interface: 'ether2', status: 'in-bridge', role: 'designated-port', 'port-number': '1' });
});

test('a bridge knows its own addresses and learns those behind its ports', async () => {
  const router = await startLabRouter();
  const [own, port, learned] = rows(await router.get('/interface/bridge/host'));
  expect(own).toEqual({
    '.id': '*1',
    bridge: 'bridge',
    disabled: 'false',
    dynamic: 'true',
    external: 'false',
    interface: 'bridge',
    invalid: 'false',
    local: 'true',
    'mac-address': 'D4:01:C3:00:00:02',
    'on-interface': 'bridge',
  });
  expect(port).toMatchObject({ interface: 'ether2', local: 'true' });
  expect(learned).toMatchObject({ interface: 'ether2', local: 'false', dynamic: 'true' });
  const leased = rows(await router.get('/ip/dhcp-server/lease')).map((lease) => lease['mac-address']);
  expect(leased).toContain(learned?.['mac-address']);
  await router.patch('/interface/bridge/bridge', { 'vlan-filtering': true });
  expect(rows(await router.get('/interface/bridge/host'))[0]).toMatchObject({ vid: '1' });
  expect(await router.remove('/interface/bridge/host/*1')).toMatchObject({
    body: { detail: 'failure: can not change dynamic entry' },
  });
});

test('those who manage a router from its LAN are neighbours behind the port of their cable', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  await router.get('/system/identity');
  const [connection] = router.device.router.connections.list();
  const [neighbour] = rows(await router.get(`/ip/arp?address=${connection?.source}`));
  expect(neighbour).toMatchObject({ interface: 'bridge', dynamic: 'true', complete: 'true' });
  const [host] = rows(await router.get(`/interface/bridge/host?mac-address=${neighbour?.['mac-address']}`));
  expect(host).toMatchObject({ bridge: 'bridge', 'on-interface': 'ether2', local: 'false' });
});

test('an address of a bridge can be written down', async () => {
  const router = await startLabRouter();
  const host = { bridge: 'bridge', interface: 'ether2', 'mac-address': '02:00:00:00:00:01' };
  expect(row(await router.put('/interface/bridge/host', host))).toMatchObject({ dynamic: 'false', local: 'false' });
});

test('the settings of bridges are one row', async () => {
  const router = await startLabRouter();
  await router.post('/interface/bridge/settings/set', { 'use-ip-firewall': 'yes' });
  expect(row(await router.get('/interface/bridge/settings'))).toMatchObject({
    'allow-fast-path': 'true',
    'use-ip-firewall': 'true',
    'use-ip-firewall-for-vlan': 'false',
  });
});

test('a removed bridge leaves ports that are in none, and addresses that are invalid', async () => {
  const router = await startLabRouter();
  const [bridge] = rows(await router.get('/interface/bridge'));
  await router.remove(`/interface/bridge/${bridge?.['.id']}`);
  expect(row(await router.get('/interface/bridge/port/*0'))).toMatchObject({
    bridge: bridge?.['.id'],
    status: 'inactive',
  });
  expect(row(await router.get('/interface/ether2'))).not.toHaveProperty('slave');
  expect(rows(await router.get('/ip/address?address=192.168.88.1/24'))).toMatchObject([
    { interface: bridge?.['.id'], invalid: 'true' },
  ]);
});

test('a VLAN may be a port of the bridge it lies on', async () => {
  const router = await startLabRouter();
  await router.put('/interface/bridge', { name: 'loop' });
  await router.put('/interface/vlan', { name: 'v', interface: 'loop', 'vlan-id': 2 });
  await router.put('/interface/bridge/port', { bridge: 'loop', interface: 'v' });
  expect(rows(await router.get('/interface?name=loop'))).toMatchObject([{ running: 'false' }]);
});
