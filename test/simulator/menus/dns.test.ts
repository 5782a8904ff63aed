import { expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const add = async (router: LabRouter, entry: Record<string, unknown>) => await router.put('/ip/dns/static', entry);

/** The address behind a name, as a ping shows it. */
async function pinged(router: LabRouter, name: string): Promise<string | undefined> {
  const reply = await router.post('/tool/ping', { address: name, count: 1 });
  return Array.isArray(reply.body) ? rows(reply)[0]?.['host'] : row(reply)['detail'];
}

test('a new router knows its own name and answers its networks', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/ip/dns'))).toMatchObject({
    'allow-remote-requests': 'true',
    'cache-size': '2048',
    'dynamic-servers': '',
    servers: '8.8.8.8,8.8.4.4',
  });
  expect(rows(await router.get('/ip/dns/static'))).toEqual([
    {
      '.id': '*1',
      address: '192.168.88.1',
      comment: 'defconf',
      disabled: 'false',
      dynamic: 'false',
      name: 'router.lan',
      ttl: '1d',
      type: 'A',
    },
  ]);
});

test('version 7.12 leaves the type of A records out', async () => {
  const router = await startLabRouter({ version: '7.12.2' });
  const [entry] = rows(await router.get('/ip/dns/static'));
  expect(entry).not.toHaveProperty('type');
  expect(row(await add(router, { name: 'x.lan', type: 'CNAME', cname: 'router.lan' }))['type']).toBe('CNAME');
});

test('the same name, type and value of enabled entries exists once; time and comment do not matter', async () => {
  const router = await startLabRouter();
  const entry = { name: 'a.lan', address: '10.0.0.5' };
  expect((await add(router, entry)).status).toBe(201);
  expect(await add(router, { ...entry, ttl: '5m', comment: 'again' })).toMatchObject({
    status: 400,
    body: { detail: 'failure: entry already exists' },
  });
  expect((await add(router, { ...entry, address: '10.0.0.6' })).status).toBe(201);
  expect((await add(router, { ...entry, name: 'A.lan' })).status).toBe(201);
  expect((await add(router, { ...entry, disabled: true })).status).toBe(201);
});

test('values of other types are dropped without a word, and what a type needs must be there', async () => {
  const router = await startLabRouter();
  const alias = row(await add(router, { name: 'b.lan', type: 'CNAME', cname: 'a.lan', address: '10.0.0.5' }));
  expect(alias).toEqual({
    '.id': alias['.id'],
    cname: 'a.lan',
    disabled: 'false',
    dynamic: 'false',
    name: 'b.lan',
    ttl: '1d',
    type: 'CNAME',
  });
  expect(
    row(await router.patch(`/ip/dns/static/${alias['.id']}`, { type: 'A', address: '10.0.0.9' })),
  ).not.toHaveProperty('cname');
  const details = async (entry: Record<string, unknown>) => row(await add(router, entry))['detail'];
  expect(await details({ name: 'c.lan', regexp: '.*\\.c\\.lan', address: '10.0.0.5' })).toBe(
    'failure: only name or regexp allowed',
  );
  expect(await details({ name: 'c.lan', type: 'MX' })).toBe('failure: bad MX data');
  expect(await details({ name: 'c.lan', type: 'A' })).toBe('missing =address=');
  expect(await details({ name: 'c.lan', type: 'LOC' })).toBe('input does not match any value of type');
});

test('every type keeps its own values', async () => {
  const router = await startLabRouter();
  const kept = async (entry: Record<string, string>) => {
    const { '.id': _id, disabled: _off, dynamic: _made, ttl: _ttl, ...rest } = row(await add(router, entry));
    return rest;
  };
  const samples: Record<string, string>[] = [
    { name: 'six.lan', type: 'AAAA', address: '2001:db8::5' },
    { name: 'mail.lan', type: 'MX', 'mx-exchange': 'mx.lan', 'mx-preference': '10' },
    {
      name: '_sip._tcp.lan',
      type: 'SRV',
      'srv-target': 'pbx.lan',
      'srv-port': '5060',
      'srv-priority': '1',
      'srv-weight': '2',
    },
    { name: 'note.lan', type: 'TXT', text: 'v=spf1 -all' },
    { name: 'zone.lan', type: 'NS', ns: 'ns.lan' },
    { name: 'office.lan', type: 'FWD', 'forward-to': '10.20.0.1', 'match-subdomain': 'true' },
    { name: 'ads.example', type: 'NXDOMAIN' },
    { regexp: '.*\\.dyn\\.lan', type: 'A', address: '10.0.0.7' },
  ];
  for (const sample of samples) expect(await kept(sample)).toEqual(sample);
  expect(row(await add(router, { name: 'seven.lan', address: '2001:DB8:0::7' }))).toMatchObject({
    type: 'AAAA',
    address: '2001:db8::7',
  });
});

test('the router resolves its own names: aliases, expressions, sub-domains and names that are not to exist', async () => {
  const router = await startLabRouter();
  await add(router, { name: 'a.lan', address: '10.20.0.5' });
  await add(router, { name: 'alias.lan', type: 'CNAME', cname: 'a.lan' });
  await add(router, { regexp: '^cam[0-9]+\\.lan$', address: '10.20.0.6' });
  await add(router, { name: 'wild.lan', 'match-subdomain': true, address: '10.20.0.7' });
  await add(router, { name: 'ads.example.com', type: 'NXDOMAIN' });
  expect(await pinged(router, 'alias.lan')).toBe('10.20.0.5');
  expect(await pinged(router, 'cam12.lan')).toBe('10.20.0.6');
  expect(await pinged(router, 'x.y.wild.lan')).toBe('10.20.0.7');
  expect(await pinged(router, 'ads.example.com')).toBe('failure: dns name does not exist');
  expect(await pinged(router, 'unknown.lan')).toBe('failure: dns name does not exist');
  await router.post('/ip/dns/static/disable', { numbers: 'a.lan' });
  expect(await pinged(router, 'a.lan')).toBe('failure: dns name does not exist');
});

test('public names resolve while a server can be reached, and always to the same address', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  const address = await pinged(router, 'www.example.org');
  expect(address).toMatch(/^203\.0\.113\.\d+$/);
  expect(await pinged(router, 'www.example.org')).toBe(address);
  await router.post('/ip/dns/cache/flush');
  await router.post('/ip/dns/set', { servers: '192.0.2.53' });
  expect(await pinged(router, 'www.example.org')).toBe('failure: dns name does not exist');
  await router.post('/ip/dns/set', { servers: '8.8.8.8' });
  await router.post('/ip/route/disable', { '.id': '*80000001' });
  expect(await pinged(router, 'www.example.org')).toBe('failure: dns name does not exist');
});

test('answers stay in the cache until their time is up, or the cache is flushed', async () => {
  const router = await startLabRouter();
  const cached = async (name: string) => rows(await router.get(`/ip/dns/cache?name=${name}`));
  await router.post('/tool/ping', { address: 'cached.example.org', count: 1 });
  const [entry] = await cached('cached.example.org');
  expect(entry).toEqual({
    '.id': entry?.['.id'],
    data: expect.stringMatching(/^203\.0\.113\./) as string,
    name: 'cached.example.org',
    ttl: entry?.['ttl'],
    type: 'A',
  });
  router.device.router.clock.advance(10_000);
  expect((await cached('cached.example.org'))[0]?.['ttl']).not.toBe(entry?.['ttl']);
  router.device.router.clock.advance(3_600_000);
  expect(await cached('cached.example.org')).toEqual([]);
  await router.post('/tool/ping', { address: 'cached.example.org', count: 1 });
  expect(await router.post('/ip/dns/cache/flush')).toMatchObject({ status: 200, body: [] });
  expect(await cached('cached.example.org')).toEqual([]);
});

test('the cache shows static entries as such, and everything with names that do not exist below all', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ip/dns/cache?static=true'))).toMatchObject([
    { name: 'router.lan', data: '192.168.88.1' },
  ]);
  await router.post('/tool/ping', { address: 'nobody.invalid', count: 1 });
  expect(rows(await router.get('/ip/dns/cache/all?name=nobody.invalid'))).toMatchObject([{ type: 'NXDOMAIN' }]);
  expect(rows(await router.get('/ip/dns/cache?name=nobody.invalid'))).toEqual([]);
  expect(await router.put('/ip/dns/cache', { name: 'x' })).toMatchObject({ status: 400 });
});

test('entries with the cache of a day hold no longer than the router lets them', async () => {
  const router = await startLabRouter();
  await router.post('/ip/dns/set', { 'cache-max-ttl': '30s' });
  await router.post('/tool/ping', { address: 'short.example.org', count: 1 });
  expect(rows(await router.get('/ip/dns/cache?name=short.example.org'))[0]?.['ttl']).toMatch(/^(30|29)s$/);
});
