import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { managementVerdict } from '../../simulator/network/management-path.ts';
import { type ClientSocket, connectTo } from './support/client-socket.ts';
import { type LabRouter, row, startLabRouter, until } from './support/lab-router.ts';
import { advance, byHand, newConnection, openConnection } from './support/reachability.ts';

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
