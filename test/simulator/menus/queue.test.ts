import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('a simple queue has pairs for upload and download, rates in bits per second', async () => {
  const router = await startLabRouter();
  const queue = row(
    await router.put('/queue/simple', { target: '10.0.1.0/24', 'max-limit': '10M/5M', 'burst-time': '8/16' }),
  );
  expect(queue).toMatchObject({
    'bucket-size': '0.1/0.1',
    'burst-limit': '0/0',
    'burst-time': '8s/16s',
    bytes: '0/0',
    disabled: 'false',
    dynamic: 'false',
    invalid: 'false',
    'limit-at': '0/0',
    'max-limit': '10000000/5000000',
    name: 'queue1',
    'packet-marks': '',
    parent: 'none',
    priority: '8/8',
    queue: 'default-small/default-small',
    target: '10.0.1.0/24',
  });
  for (const absent of ['dst', 'time', 'total-max-limit', 'comment']) expect(queue).not.toHaveProperty(absent);
});

test('one value stands for both directions, a host gets its prefix, an interface keeps its name', async () => {
  const router = await startLabRouter();
  const add = async (queue: Record<string, unknown>) => row(await router.put('/queue/simple', queue));
  expect(await add({ target: '10.0.0.5', 'max-limit': '512k', priority: 3 })).toMatchObject({
    'max-limit': '512000/512000',
    priority: '3/3',
    target: '10.0.0.5/32',
  });
  const byPort = await add({ name: 'port', target: 'ether3,2001:db8::5', dst: 'ether1' });
  expect(byPort).toMatchObject({ target: 'ether3,2001:db8::5/128', dst: 'ether1' });
  await router.patch('/interface/ether3', { name: 'desk' });
  expect(row(await router.get('/queue/simple/port'))['target']).toBe('desk,2001:db8::5/128');
});

test('what a queue is told is checked', async () => {
  const router = await startLabRouter();
  const detail = async (queue: Record<string, unknown>) => row(await router.put('/queue/simple', queue))['detail'];
  expect(await detail({ name: 'x' })).toBe('missing =target=');
  expect(await detail({ target: '10.0.0.0/8', priority: '9/9' })).toBe('value of priority out of range (1..8)');
  expect(await detail({ target: '10.0.0.0/8', 'max-limit': 'fast' })).toBe('invalid value for argument max-limit');
  expect(await detail({ target: '10.0.0.0/8', queue: 'nothing/nothing' })).toBe(
    'input does not match any value of queue',
  );
  expect(await detail({ target: '10.0.0.0/8', parent: 'nothing' })).toBe('input does not match any value of parent');
});

test('simple queues are ordered', async () => {
  const router = await startLabRouter();
  for (const name of ['a', 'b', 'c']) await router.put('/queue/simple', { name, target: '10.0.0.0/8' });
  const names = async () => rows(await router.get('/queue/simple')).map(({ name }) => name);
  await router.post('/queue/simple/move', { numbers: 'c', destination: 'a' });
  expect(await names()).toEqual(['c', 'a', 'b']);
  await router.put('/queue/simple', { name: 'd', target: '10.0.0.0/8', 'place-before': '*1' });
  expect(await names()).toEqual(['c', 'd', 'a', 'b']);
  expect((await router.put('/queue/simple', { name: 'a', target: '10.0.0.0/8' })).status).toBe(400);
});

test('counters grow with time, stand still while a queue is disabled, and can be reset', async () => {
  const router = await startLabRouter();
  await router.put('/queue/simple', { name: 'q', target: '10.0.0.0/8' });
  const bytes = async () => row(await router.get('/queue/simple/q'))['bytes'];
  router.device.router.clock.advance(10_000);
  expect(await bytes()).toBe('6400/41000');
  expect(row(await router.get('/queue/simple/q'))['total-bytes']).toBe('47400');
  await router.post('/queue/simple/reset-counters', { numbers: 'q' });
  expect(await bytes()).toBe('0/0');
  router.device.router.clock.advance(10_000);
  await router.post('/queue/simple/reset-counters-all');
  expect(await bytes()).toBe('0/0');
});

test('a queue of the tree hangs below global, an interface or another queue', async () => {
  const router = await startLabRouter();
  const add = async (queue: Record<string, unknown>) => row(await router.put('/queue/tree', queue));
  expect(await add({ name: 'all', parent: 'global', 'max-limit': '100M' })).toMatchObject({
    'max-limit': '100000000',
    parent: 'global',
    priority: '8',
    queue: 'default-small',
  });
  expect(await add({ name: 'voice', parent: 'all', 'packet-mark': 'voice', priority: 1 })).toMatchObject({
    parent: 'all',
  });
  expect(await add({ name: 'out', parent: 'ether1' })).toMatchObject({ parent: 'ether1' });
  await router.patch('/queue/tree/all', { name: 'everything' });
  expect(row(await router.get('/queue/tree/voice'))['parent']).toBe('everything');
  expect((await add({ name: 'x' }))['detail']).toBe('missing =parent=');
  expect((await add({ name: 'x', parent: 'nowhere' }))['detail']).toBe('input does not match any value of parent');
});

test('a queue type has the options of its kind only', async () => {
  const router = await startLabRouter();
  const types = rows(await router.get('/queue/type'));
  expect(types.find(({ name }) => name === 'default-small')).toEqual({
    '.id': '*A',
    default: 'true',
    kind: 'pfifo',
    name: 'default-small',
    'pfifo-limit': '10',
  });
  const own = row(await router.put('/queue/type', { name: 'fair', kind: 'pcq', 'pcq-rate': '2M', 'red-limit': 5 }));
  expect(own).toMatchObject({ kind: 'pcq', 'pcq-rate': '2000000', 'pcq-limit': '50' });
  expect(own).not.toHaveProperty('red-limit');
  expect((await router.remove('/queue/type/default')).status).toBe(400);
  await router.put('/queue/simple', { name: 'q', target: '10.0.0.0/8', queue: 'fair/default' });
  expect(row(await router.get('/queue/simple/q'))['queue']).toBe('fair/default');
});
