import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { BOARDS } from '../../simulator/boards.ts';
import { ALL_MENUS } from '../../simulator/menus/all-menus.ts';
import { sourceSeen } from '../../simulator/network/management-link.ts';
import { managementVerdict } from '../../simulator/network/management-path.ts';
import { issueCertificate } from '../../simulator/rest/certificate.ts';
import { Router } from '../../simulator/router/router.ts';
import { type ClientSocket, connectTo } from './support/client-socket.ts';
import { type LabRouter, row, rows, startLabRouter, until } from './support/lab-router.ts';

/** What a new connection from far away meets now. */
const newConnection = ({ device }: LabRouter, source = '127.0.0.1') =>
  managementVerdict(device.router, { service: 'www', source, connection: 'new' });

/** What packets of an open connection meet now. */
const openConnection = ({ device }: LabRouter) =>
  managementVerdict(device.router, { service: 'www', source: '127.0.0.1', connection: 'established' });

const advance = (router: LabRouter, seconds: number) =>
  router.control('POST', '/devices/lab-01/clock', { advanceSeconds: seconds });

/** A change by somebody whom no rule keeps out. */
const byHand = (router: LabRouter, path: string, change: object) =>
  router.control('POST', '/devices/lab-01/edit', { path, ...change });

/** Arms an entry that runs once, five minutes from now. */
async function armUndo(router: LabRouter, onEvent: string): Promise<void> {
  const armed = await router.put('/system/scheduler', {
    name: 'undo',
    interval: '5m',
    'on-event': `/system/scheduler/remove [find name=undo]\r\n${onEvent}`,
  });
  expect(armed.status).toBe(201);
}

/** Sends a write and does not wait for a reply that may never come. */
function write(client: ClientSocket, router: LabRouter, method: string, path: string, body?: unknown): Promise<void> {
  const known = router.device.router.journal.entries().length;
  client.ask(path, method, body);
  return until(() => router.device.router.journal.entries().length > known);
}

const LOCK_OUTS: readonly {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly undo: string;
  /** For new connections, and for those that are open. */
  readonly verdicts: readonly [string, string];
  readonly management?: 'uplink' | 'bridge';
}[] = [
  {
    name: 'an address that is removed',
    method: 'DELETE',
    path: '/ip/address/*1',
    undo: '/ip/address/add address=10.20.1.1/16 interface=ether1',
    verdicts: ['drop', 'drop'],
  },
  {
    name: 'an address that is disabled',
    method: 'PATCH',
    path: '/ip/address/*1',
    body: { disabled: 'yes' },
    undo: '/ip/address/enable *1',
    verdicts: ['drop', 'drop'],
  },
  {
    name: 'a default route that is disabled',
    method: 'POST',
    path: '/ip/route/disable',
    body: { '.id': '*80000001' },
    undo: '/ip/route/enable *80000001',
    verdicts: ['drop', 'drop'],
  },
  {
    name: 'a rule that drops new connections',
    method: 'PATCH',
    path: '/ip/firewall/filter/*5',
    body: { action: 'drop' },
    undo: '/ip/firewall/filter/set *5 action=accept',
    verdicts: ['drop', 'accept'],
  },
  {
    name: 'a service that is disabled',
    method: 'PATCH',
    path: '/ip/service/*7',
    body: { disabled: true },
    undo: '/ip/service/enable www',
    verdicts: ['reject', 'reject'],
  },
  {
    name: 'a service on another port',
    method: 'PATCH',
    path: '/ip/service/*7',
    body: { port: 8080 },
    undo: '/ip/service/set www port=80',
    verdicts: ['reject', 'accept'],
  },
  {
    name: 'a service for other networks',
    method: 'PATCH',
    path: '/ip/service/*7',
    body: { address: '192.168.88.0/24' },
    undo: '/ip/service/set www address=""',
    verdicts: ['close', 'accept'],
  },
  {
    name: 'an interface that is disabled',
    method: 'PATCH',
    path: '/interface/*1',
    body: { disabled: true },
    undo: '/interface/enable *1',
    verdicts: ['drop', 'drop'],
  },
  {
    name: 'a bridge port that is disabled',
    method: 'POST',
    path: '/interface/bridge/port/disable',
    body: { '.id': '*0' },
    undo: '/interface/bridge/port/enable *0',
    verdicts: ['drop', 'drop'],
    management: 'bridge',
  },
];

test.each(LOCK_OUTS)('$name cuts management until a scheduler entry undoes it', async (lockOut) => {
  const router = await startLabRouter({ management: lockOut.management });
  const source = lockOut.management === 'bridge' ? '192.168.88.10' : '127.0.0.1';
  const verdict = (connection: 'new' | 'established') =>
    managementVerdict(router.device.router, { service: 'www', source, connection });
  await armUndo(router, lockOut.undo);
  const cutting = await connectTo(router);
  await write(cutting, router, lockOut.method, lockOut.path, lockOut.body);
  expect([verdict('new'), verdict('established')]).toEqual(lockOut.verdicts);
  await advance(router, 301);
  expect([verdict('new'), verdict('established')]).toEqual(['accept', 'accept']);
  const later = await connectTo(router);
  later.ask('/system/identity');
  await until(() => later.text().includes('"name"'));
});

test('a dropped connection is held without a byte and served when the way is free again', async () => {
  const router = await startLabRouter();
  await armUndo(router, '/ip/firewall/filter/enable *5');
  await router.patch('/ip/firewall/filter/*5', { disabled: true });
  const requests = router.device.router.journal.counters.requests;
  const client = await connectTo(router);
  client.ask('/system/identity');
  // The open connection goes on, by the rule for established ones.
  expect(row(await router.get('/system/identity'))).toHaveProperty('name');
  expect([client.text(), client.state()]).toEqual(['', 'open']);
  await advance(router, 301);
  await until(() => client.text().startsWith('HTTP/1.1 200 OK'));
  expect(router.device.router.journal.counters.requests).toBe(requests + 2);
});

test('a client that gives up while it is dropped was never there', async () => {
  const router = await startLabRouter();
  await router.patch('/ip/firewall/filter/*5', { disabled: true });
  const before = router.device.router.connections.list().length;
  const client = await connectTo(router);
  client.ask('/system/identity/set', 'POST', { name: 'late' });
  client.socket.end();
  await until(() => client.state() !== 'open');
  await router.patch('/ip/firewall/filter/*5', { disabled: false });
  expect(row(await router.get('/system/identity'))['name']).not.toBe('late');
  expect(router.device.router.connections.list()).toHaveLength(before);
});

test('the reply to the write that cuts the way back waits until the way is there again', async () => {
  const router = await startLabRouter();
  await armUndo(router, '/interface/enable *1');
  const client = await connectTo(router);
  await write(client, router, 'PATCH', '/interface/*1', { disabled: true });
  client.ask('/system/identity');
  await nextTurn();
  expect([client.text(), client.state()]).toEqual(['', 'open']);
  await advance(router, 301);
  await until(() => client.text().split('HTTP/1.1 200 OK').length === 3);
});

test('the reply to a rule that drops all input still reaches its client, the next request does not', async () => {
  const router = await startLabRouter();
  const client = await connectTo(router);
  client.ask('/ip/firewall/filter', 'PUT', { chain: 'input', action: 'drop', 'place-before': '*1' });
  await until(() => client.text().startsWith('HTTP/1.1 201 Created'));
  client.ask('/system/identity');
  await nextTurn();
  expect([newConnection(router), openConnection(router)]).toEqual(['drop', 'drop']);
  expect(client.text().split('HTTP/1.1')).toHaveLength(2);
});

test('disabling the service cuts its connections, and new ones are refused', async () => {
  const router = await startLabRouter();
  const client = await connectTo(router);
  await write(client, router, 'PATCH', '/ip/service/www', { disabled: true });
  await until(() => client.state() !== 'open');
  expect(client.text()).toBe('');
  const refused = await connectTo(router);
  await until(() => refused.state() === 'reset');
});

test('a service that does not want the client closes the connection without a byte', async () => {
  const router = await startLabRouter();
  await router.patch('/ip/service/www', { address: '10.0.0.0/8,127.0.0.1' });
  expect(row(await router.get('/ip/service/*7'))['address']).toBe('10.0.0.0/8,127.0.0.1/32');
  const stranger = await connectTo(router, '127.0.0.9');
  await until(() => stranger.state() !== 'open');
  expect(stranger.text()).toBe('');
  const friend = await connectTo(router);
  friend.ask('/system/identity');
  await until(() => friend.text().startsWith('HTTP/1.1 200 OK'));
});

test('a rule rejects with a reset', async () => {
  const router = await startLabRouter();
  await router.put('/ip/firewall/filter', {
    chain: 'input',
    action: 'reject',
    protocol: 'tcp',
    'reject-with': 'tcp-reset',
    'src-address': '127.0.0.9',
    'place-before': '*5',
  });
  const stranger = await connectTo(router, '127.0.0.9');
  await until(() => stranger.state() === 'reset');
  expect([newConnection(router), newConnection(router, '127.0.0.9')]).toEqual(['accept', 'reject']);
});

const RULES: readonly (readonly [name: string, rule: Record<string, string>, verdict: string])[] = [
  ['another source', { 'src-address': '127.0.0.2-127.0.0.8' }, 'accept'],
  ['the source', { 'src-address': '127.0.0.0/8' }, 'drop'],
  ['every source but this one', { 'src-address': '!127.0.0.1' }, 'accept'],
  ['the port', { protocol: 'tcp', 'dst-port': '22,80-90' }, 'drop'],
  ['another port', { protocol: 'tcp', 'dst-port': '443' }, 'accept'],
  ['another protocol', { protocol: 'udp' }, 'accept'],
  ['the interface', { 'in-interface': 'ether1' }, 'drop'],
  ['every interface but that one', { 'in-interface': '!ether1' }, 'accept'],
  ['the interface list', { 'in-interface-list': 'WAN' }, 'drop'],
  ['new connections', { 'connection-state': 'new' }, 'drop'],
  ['packets that open connections', { protocol: 'tcp', 'tcp-flags': 'syn,!ack' }, 'drop'],
  ['the router as destination', { 'dst-address-type': 'local' }, 'drop'],
  ['a MAC address of somebody else', { 'src-mac-address': '00:00:5e:00:53:01' }, 'accept'],
  ['what no packet of management holds', { content: 'secret' }, 'accept'],
  ['small packets', { 'packet-size': '0-100' }, 'drop'],
];

test.each(RULES)('a rule that drops %s decides: %s is %s', async (_name, rule, verdict) => {
  const router = await startLabRouter();
  const added = await router.put('/ip/firewall/filter', {
    chain: 'input',
    action: 'drop',
    ...rule,
    'place-before': '*1',
  });
  expect(added.status).toBe(201);
  expect(newConnection(router)).toBe(verdict);
});

test('chains of their own are entered by jump and left by return', async () => {
  const router = await startLabRouter();
  const add = (rule: Record<string, string>) => router.put('/ip/firewall/filter', rule);
  await add({ chain: 'guests', action: 'return', 'src-address': '127.0.0.1' });
  await add({ chain: 'guests', action: 'drop' });
  await add({ chain: 'input', action: 'jump', 'jump-target': 'guests', 'place-before': '*1' });
  expect(newConnection(router)).toBe('accept');
  expect(newConnection(router, '127.0.0.9')).toBe('drop');
});

test('address lists decide as long as their entries live', async () => {
  const router = await startLabRouter();
  await router.put('/ip/firewall/address-list', { list: 'blocked', address: '127.0.0.1', timeout: '2m' });
  await router.put('/ip/firewall/raw', { chain: 'prerouting', action: 'drop', 'src-address-list': 'blocked' });
  expect([newConnection(router), openConnection(router)]).toEqual(['drop', 'drop']);
  await advance(router, 121);
  expect([newConnection(router), openConnection(router)]).toEqual(['accept', 'accept']);
});

test('packets that raw takes out of tracking are untracked, and output can drop the answers', async () => {
  const router = await startLabRouter();
  await byHand(router, '/ip/firewall/filter/*5', { set: { action: 'drop' } });
  expect(newConnection(router)).toBe('drop');
  await byHand(router, '/ip/firewall/raw', { add: { chain: 'prerouting', action: 'notrack' } });
  expect(newConnection(router)).toBe('accept');
  const answers = { chain: 'output', action: 'drop', protocol: 'tcp', 'src-port': '80' };
  await byHand(router, '/ip/firewall/filter', { add: answers });
  expect(newConnection(router)).toBe('drop');
});

test('a redirect keeps management alive when the service and the filter follow it', async () => {
  const router = await startLabRouter();
  const tcp = { protocol: 'tcp' };
  const redirect = { chain: 'dstnat', action: 'redirect', ...tcp, 'dst-port': '80', 'to-ports': '8080' };
  await byHand(router, '/ip/firewall/nat', { add: redirect });
  expect(newConnection(router)).toBe('drop');
  const accept = { chain: 'input', action: 'accept', ...tcp, 'dst-port': '8080', 'place-before': '*6' };
  await byHand(router, '/ip/firewall/filter', { add: accept });
  expect(newConnection(router)).toBe('reject');
  await byHand(router, '/ip/service/www', { set: { port: '8080' } });
  expect(newConnection(router)).toBe('accept');
  expect((await router.get('/system/identity')).status).toBe(200);
});

test('a more specific route through another port takes the answers away', async () => {
  const router = await startLabRouter();
  await byHand(router, '/ip/route', { add: { 'dst-address': '127.0.0.0/8', gateway: '192.168.88.7' } });
  expect(newConnection(router)).toBe('drop');
  expect(newConnection(router, '10.20.0.77')).toBe('accept');
});

test('counters grow by what really passed', async () => {
  const router = await startLabRouter();
  const packets = (id: string): number =>
    Number(router.device.router.find('/ip/firewall/filter', id)?.internal['packets']);
  await router.get('/system/identity');
  const [established, management] = [packets('*1'), packets('*5')];
  expect(management).toBeGreaterThan(0);
  await router.get('/system/identity');
  expect([packets('*1') > established, packets('*5')]).toEqual([true, management]);
});

test('in bridge mode a manager is a machine of the LAN', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  await router.get('/system/identity');
  expect(router.device.router.sessions().map(({ address }) => address)).toContain('192.168.88.10');
  expect(row(await router.post('/ip/route/disable', { '.id': '*80000001' }))).toEqual([]);
  expect((await router.get('/system/identity')).status).toBe(200);
});

test('a bridge with VLAN filtering passes management only in the VLAN of the address', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  const verdict = () =>
    managementVerdict(router.device.router, { service: 'www', source: '192.168.88.10', connection: 'new' });
  const [port] = rows(await router.get('/interface/bridge/port?interface=ether2'));
  const edit = (path: string, set: object) => byHand(router, path, { set });
  await edit(`/interface/bridge/port/${port?.['.id']}`, { pvid: 10 });
  expect(verdict()).toBe('accept');
  await edit('/interface/bridge/bridge', { 'vlan-filtering': true });
  expect(verdict()).toBe('drop');
  await edit(`/interface/bridge/port/${port?.['.id']}`, { pvid: 1 });
  expect(verdict()).toBe('accept');
  await edit(`/interface/bridge/port/${port?.['.id']}`, { 'frame-types': 'admit-only-vlan-tagged' });
  expect(verdict()).toBe('drop');
});

test('an interface that does not ask for addresses reaches only those in the table for good', async () => {
  const router = await startLabRouter();
  await byHand(router, '/interface/ethernet/ether1', { set: { arp: 'reply-only' } });
  expect(newConnection(router)).toBe('drop');
  const gateway = { address: '10.20.0.1', interface: 'ether1', 'mac-address': '00:00:5E:00:53:01' };
  await byHand(router, '/ip/arp', { add: gateway });
  expect(newConnection(router)).toBe('accept');
});

test('a service takes no more connections than its max-sessions', async () => {
  const router = await startLabRouter();
  await router.patch('/ip/service/www', { 'max-sessions': 2 });
  const second = await connectTo(router);
  second.ask('/system/identity');
  await until(() => second.text() !== '');
  const third = await connectTo(router);
  await until(() => third.state() !== 'open');
  expect(third.text()).toBe('');
});

test('over TLS a dropped handshake is answered when the way is free', async () => {
  const router = await startLabRouter({ http: false });
  await router.get('/system/identity');
  await router.patch('/ip/firewall/filter/*5', { disabled: true });
  const other = router.as('convoy', 'secret').get('/system/identity');
  await nextTurn();
  await router.patch('/ip/firewall/filter/*5', { disabled: false });
  expect((await other).status).toBe(200);
});

test('without its certificate a router can only close a connection that wants TLS', async () => {
  const router = await startLabRouter({ http: false });
  const verdict = () =>
    managementVerdict(router.device.router, { service: 'www-ssl', source: '127.0.0.1', connection: 'new' });
  expect(verdict()).toBe('accept');
  await byHand(router, '/ip/service/www-ssl', { set: { certificate: 'none' } });
  expect(verdict()).toBe('close');
  const client = await connectTo(router);
  await until(() => client.state() !== 'open');
  expect(client.text()).toBe('');
});

const certificate = await issueCertificate('new', '127.0.0.1');

describe.each(['uplink', 'bridge'] as const)('through the %s', (side) => {
  test.each(Object.entries(BOARDS))('a new %s can be managed by all its services', (_key, board) => {
    const router = new Router({
      name: 'new',
      index: 7,
      board,
      version: '7.20.8',
      accounts: [{ name: 'admin', group: 'full', password: 'x' }],
      menus: ALL_MENUS,
      management: { side, web: 'www-ssl' },
      certificate,
    });
    const source = sourceSeen(router, '127.0.0.1');
    const verdicts = (['www', 'www-ssl', 'ssh'] as const).map((service) =>
      managementVerdict(router, { service, source, connection: 'new' }),
    );
    expect(verdicts).toEqual(['accept', 'accept', 'accept']);
  });
});
