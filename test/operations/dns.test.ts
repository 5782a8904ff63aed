import { expect, test } from 'vitest';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const CACHE = [
  { '.id': '*1', data: '1.2.3.4', name: 'Shop.example', ttl: '3m2s', type: 'A' },
  { '.id': '*2', data: '', name: 'gone.example', ttl: '59s', type: 'NXDOMAIN' },
  { '.id': '*3', data: '192.168.88.1', name: 'router.lan', ttl: '1d', type: 'A', static: 'true' },
  { '.id': '*4', data: 'v=spf1 http://evil.example\u200b', name: 'example.com', ttl: '5m', type: 'TXT' },
];

test('the cache tells names, answers and the time left, and what is remembered as missing', async () => {
  const { entries } = await read('get_dns_cache', cannedRouter({ '/ip/dns/cache/all': CACHE }));
  expect(entries).toEqual([
    { name: 'Shop.example', type: 'A', data: '1.2.3.4', ttlSeconds: 182, static: false },
    { name: 'gone.example', type: 'NXDOMAIN', data: null, ttlSeconds: 59, static: false },
    { name: 'router.lan', type: 'A', data: '192.168.88.1', ttlSeconds: 86_400, static: true },
    { name: 'example.com', type: 'TXT', data: 'v=spf1 hxxp://evil.example\\u{200b}', ttlSeconds: 300, static: false },
  ]);
});

test.each([
  [{ nameContains: 'shop' }, ['Shop.example']],
  [{ type: 'NXDOMAIN' }, ['gone.example']],
  [{ type: 'A', nameContains: '.lan' }, ['router.lan']],
])('entries of the cache chosen by %o are %o', async (filters, names) => {
  const { entries } = await read('get_dns_cache', cannedRouter({ '/ip/dns/cache/all': CACHE }), filters);
  expect((entries as { name: string }[]).map(({ name }) => name)).toEqual(names);
});

const STATIC = [
  // 7.12 does not write the type of address records.
  { '.id': '*1', name: 'router.lan', address: '192.168.88.1', ttl: '1d', disabled: 'false', comment: 'defconf' },
  { '.id': '*2', name: 'v6.lan', type: 'AAAA', address: '2001:db8::1', ttl: '1d', dynamic: 'true' },
  {
    '.id': '*3',
    regexp: '.*\\.corp$',
    type: 'FWD',
    'forward-to': '10.0.0.53',
    'match-subdomain': 'true',
    'address-list': 'corp',
  },
  { '.id': '*4', name: 'lan', type: 'MX', 'mx-exchange': 'mail.lan', 'mx-preference': '10' },
  {
    '.id': '*5',
    name: '_sip._udp.lan',
    type: 'SRV',
    'srv-target': 'pbx.lan',
    'srv-priority': '1',
    'srv-weight': '2',
    'srv-port': '5060',
  },
  { '.id': '*6', name: 'ads.example', type: 'NXDOMAIN', disabled: 'true' },
  { '.id': '*7', name: 'lan', type: 'TXT', text: 'hello' },
  { '.id': '*8', name: 'www.lan', type: 'CNAME', cname: 'router.lan' },
];

test('static records of every type tell what they answer', async () => {
  const { records } = await read('list_dns_static', cannedRouter({ '/ip/dns/static': STATIC }));
  expect(records).toMatchObject([
    { name: 'router.lan', type: 'A', value: '192.168.88.1', ttlSeconds: 86_400, priority: null, comment: 'defconf' },
    { type: 'AAAA', value: '2001:db8::1', dynamic: true },
    { name: null, regexp: '.*\\.corp$', type: 'FWD', value: '10.0.0.53', matchSubdomain: true, addressList: 'corp' },
    { type: 'MX', value: 'mail.lan', priority: 10 },
    { type: 'SRV', value: 'pbx.lan', priority: 1, weight: 2, port: 5060 },
    { type: 'NXDOMAIN', value: null, disabled: true, ttlSeconds: null },
    { type: 'TXT', value: 'hello' },
    { type: 'CNAME', value: 'router.lan', addressList: null },
  ]);
});

test.each([
  [{ type: 'A' }, ['*1']],
  [{ contains: 'CORP' }, ['*3']],
  [{ contains: 'router.lan' }, ['*1', '*8']],
  [{ disabled: true }, ['*6']],
])('static records chosen by %o are %o', async (filters, ids) => {
  const { records } = await read('list_dns_static', cannedRouter({ '/ip/dns/static': STATIC }), filters);
  expect((records as { id: string }[]).map(({ id }) => id)).toEqual(ids);
});
