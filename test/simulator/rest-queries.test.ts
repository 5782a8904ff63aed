import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from './support/lab-router.ts';

const names = (reply: Parameters<typeof rows>[0]): (string | undefined)[] => rows(reply).map((each) => each['name']);

test('filters in the query must all hold and always give an array', async () => {
  const router = await startLabRouter();
  expect(names(await router.get('/interface?type=bridge'))).toEqual(['bridge']);
  expect(names(await router.get('/interface?type=ether&name=ether2'))).toEqual(['ether2']);
  expect(names(await router.get('/interface?type=bridge&name=ether2'))).toEqual([]);
  expect((await router.get('/ip/address?.id=*39')).body).toEqual([]);
  expect(rows(await router.get('/ip/address?address=192.168.88.1%2F24'))).toHaveLength(1);
});

test('a filter on a comment does not match rows without one', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ip/address?comment='))).toHaveLength(0);
});

test('a GET with .proplist gives the named fields and the id, unknown names are ignored', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/interface?.proplist=name,mtu,nonsense&name=ether1'))).toEqual([
    { '.id': '*1', mtu: '1500', name: 'ether1' },
  ]);
  expect(row(await router.get('/system/resource?.proplist=board-name'))).toEqual({ 'board-name': 'RB5009UPr+S+' });
});

test('a POST print with .proplist gives only the named fields', async () => {
  const router = await startLabRouter();
  const reply = await router.post('/interface/print', { '.proplist': ['name', 'type'], '.query': ['name=bridge'] });
  expect(reply.body).toEqual([{ name: 'bridge', type: 'bridge' }]);
  expect((await router.post('/system/identity/print')).body).toEqual([{ name: 'lab-01' }]);
});

test('count-only counts the rows that the query leaves', async () => {
  const router = await startLabRouter();
  const reply = await router.post('/interface/print', { 'count-only': '', '.query': ['type=ether'] });
  expect(reply.body).toEqual({ ret: '9' });
});

test.for([
  { query: ['name=ether1'], found: ['ether1'] },
  { query: ['type=ether', 'name=ether1'], found: ['ether1'] },
  { query: ['name=ether1', 'name=bridge', '#|'], found: ['ether1', 'bridge'] },
  { query: ['name=ether1', 'type=ether', '#&'], found: ['ether1'] },
  { query: ['type=ether', '#!'], found: ['bridge', 'lo'] },
  { query: ['name=ether1', 'type=bridge', '#|!', 'name=ether2'], found: ['ether2'] },
  { query: ['comment'], found: ['ether1', 'bridge'] },
  { query: ['-default-name'], found: ['bridge', 'lo'] },
  { query: ['>mtu=1500', 'type=ether'], found: ['ether2'] },
  { query: ['<mtu=1500', 'name=ether3'], found: ['ether3'] },
])('the query $query finds $found', async ({ query, found }) => {
  const router = await startLabRouter();
  await router.patch('/interface/ether1', { comment: 'uplink' });
  await router.patch('/interface/ether2', { mtu: '9000' });
  await router.patch('/interface/ether3', { mtu: '900' });
  expect(names(await router.post('/interface/print', { '.query': query }))).toEqual(found);
});

test('an unknown operation in a query is refused', async () => {
  const router = await startLabRouter();
  expect(await router.post('/interface/print', { '.query': ['name=ether1', '#x'] })).toMatchObject({ status: 400 });
});
