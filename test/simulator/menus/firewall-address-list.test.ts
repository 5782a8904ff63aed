import { expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const LISTS = '/ip/firewall/address-list';

const listed = async (router: LabRouter, list: string) => rows(await router.get(`${LISTS}?list=${list}`));

test('an entry has the time of its creation, and a network of one address prints as the address', async () => {
  const router = await startLabRouter();
  const added = await router.put(LISTS, { list: 'blocked', address: '192.0.2.50/32' });
  expect(added.body).toEqual({
    '.id': '*1',
    address: '192.0.2.50',
    'creation-time': expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as unknown,
    disabled: 'false',
    dynamic: 'false',
    list: 'blocked',
  });
});

test('the same address is on a list once, unless one of the two is disabled', async () => {
  const router = await startLabRouter();
  const entry = { list: 'blocked', address: '192.0.2.0/24' };
  await router.put(LISTS, entry);
  expect(await router.put(LISTS, entry)).toMatchObject({
    status: 400,
    body: { detail: 'failure: already have such entry' },
  });
  expect((await router.put(LISTS, { ...entry, list: 'other' })).status).toBe(201);
  expect((await router.put(LISTS, { ...entry, disabled: true })).status).toBe(201);
});

test('what is missing and what is no address is refused', async () => {
  const router = await startLabRouter();
  const detail = async (entry: Record<string, string>) => row(await router.put(LISTS, entry))['detail'];
  expect(await detail({ list: 'a' })).toBe('missing =address=');
  expect(await detail({ address: '192.0.2.1' })).toBe('missing =list=');
  expect(await detail({ list: 'a', address: '300.1.1.1' })).toBe('value of range expects range of ip addresses');
  expect(await detail({ list: 'a', address: '192.0.2.1', timeout: 'soon' })).toBe('invalid value for argument timeout');
});

test('an entry with a timeout is dynamic, counts down, and goes', async () => {
  const router = await startLabRouter();
  const { clock } = router.device.router;
  const added = row(await router.put(LISTS, { list: 'guests', address: '192.0.2.7', timeout: '1h' }));
  expect(added).toMatchObject({ dynamic: 'true', timeout: '1h' });
  clock.advance(600_000);
  expect((await listed(router, 'guests'))[0]?.['timeout']).toMatch(/^50m$|^49m59s$/);
  expect(await router.patch(`${LISTS}/${added['.id']}`, { list: 'other' })).toMatchObject({ status: 400 });
  clock.advance(3_000_000);
  expect(await listed(router, 'guests')).toEqual([]);
});

test('a dynamic entry may be removed, and does not outlive a restart', async () => {
  const router = await startLabRouter();
  const first = row(await router.put(LISTS, { list: 'a', address: '192.0.2.1', timeout: '1d' }));
  await router.put(LISTS, { list: 'a', address: '192.0.2.2', timeout: 'none-dynamic' });
  await router.put(LISTS, { list: 'a', address: '192.0.2.3', timeout: 'none-static' });
  expect((await router.remove(`${LISTS}/${first['.id']}`)).status).toBe(204);
  expect((await listed(router, 'a')).map(({ address, dynamic }) => [address, dynamic])).toEqual([
    ['192.0.2.2', 'true'],
    ['192.0.2.3', 'false'],
  ]);
  router.device.router.restart();
  expect((await listed(router, 'a')).map(({ address }) => address)).toEqual(['192.0.2.3']);
});

test('a DNS name brings rows for its addresses, which are the router’s own', async () => {
  const router = await startLabRouter();
  await router.put(LISTS, { list: 'cdn', address: 'cdn.example.net' });
  const [resolved, named] = await listed(router, 'cdn');
  expect(named).toMatchObject({ address: 'cdn.example.net', dynamic: 'false' });
  expect(resolved).toMatchObject({ comment: 'cdn.example.net', dynamic: 'true', list: 'cdn' });
  expect(resolved?.['address']).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  await router.remove(`${LISTS}/${named?.['.id']}`);
  expect(await listed(router, 'cdn')).toEqual([]);
});

test('a rule lists the source of a packet', async () => {
  const router = await startLabRouter();
  await router.put('/ip/firewall/filter', {
    chain: 'input',
    action: 'add-src-to-address-list',
    'address-list': 'managers',
    'address-list-timeout': '10m',
    'place-before': '*1',
  });
  await router.get('/system/identity');
  expect(await listed(router, 'managers')).toMatchObject([{ address: '127.0.0.1', dynamic: 'true', timeout: '10m' }]);
  router.device.router.clock.advance(300_000);
  await router.get('/system/identity');
  expect((await listed(router, 'managers')).map(({ timeout }) => timeout)).toEqual(['10m']);
});

test('addresses of IPv6 lists carry their length, and a new router has those that nobody may use', async () => {
  const router = await startLabRouter();
  const lists = '/ipv6/firewall/address-list';
  expect(row(await router.put(lists, { list: 'a', address: '2001:DB8::1' }))['address']).toBe('2001:db8::1/128');
  expect(rows(await router.get(`${lists}?list=bad_ipv6`)).map(({ address }) => address)).toContain('2001:db8::/32');
});

test.each([
  ['192.168.0.0-192.168.1.255', '192.168.0.0/23'],
  ['10.0.0.0-10.255.255.255', '10.0.0.0/8'],
  ['192.168.1.0-192.168.2.255', '192.168.1.0-192.168.2.255'],
  ['192.0.2.4-192.0.2.6', '192.0.2.4-192.0.2.6'],
  ['192.0.2.4-192.0.2.4', '192.0.2.4'],
])('the range %s is kept as %s', async (range, kept) => {
  const router = await startLabRouter();
  expect(row(await router.put(LISTS, { list: 'blocked', address: range }))['address']).toBe(kept);
});
