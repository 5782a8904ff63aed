import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from './support/lab-router.ts';

test('every value of every menu is text', async () => {
  const router = await startLabRouter();
  await router.put('/system/scheduler', { name: 'x', interval: '1d' });
  for (const printed of Object.values(router.device.router.state()).flat()) {
    for (const value of Object.values(printed)) expect(value).toBeTypeOf('string');
  }
});

test('keys come with .id first and then in alphabetical order', async () => {
  const router = await startLabRouter();
  await router.put('/ip/route', { gateway: '10.20.0.9', blackhole: '', comment: 'a' });
  for (const [path, printed] of Object.entries(router.device.router.state())) {
    for (const keys of [printed].flat().map((each) => Object.keys(each as object))) {
      const [first, ...others] = keys[0] === '.id' ? keys : ['', ...keys];
      expect(first === '.id' || !Array.isArray(printed), path).toBe(true);
      expect(others, path).toEqual([...others].sort());
    }
  }
});

test('booleans may be given as JSON booleans, true/false or yes/no and print as true and false', async () => {
  const router = await startLabRouter();
  for (const given of [true, 'true', 'yes']) {
    await router.post('/ip/dns/set', { 'allow-remote-requests': false });
    await router.post('/ip/dns/set', { 'allow-remote-requests': given });
    expect(row(await router.get('/ip/dns'))['allow-remote-requests']).toBe('true');
  }
});

test('durations print in the canonical form however they were given', async () => {
  const router = await startLabRouter();
  const forms = { '90s': '1m30s', '24h': '1d', '01:30:00': '1h30m', '3d 00:10:00': '3d10m', '45': '45s', '0s': '0s' };
  for (const [given, printed] of Object.entries(forms)) {
    await router.post('/ip/dns/set', { 'cache-max-ttl': given });
    expect(row(await router.get('/ip/dns'))['cache-max-ttl']).toBe(printed);
  }
});

test('numbers may be given as JSON numbers or in hexadecimal', async () => {
  const router = await startLabRouter();
  await router.post('/ip/dns/set', { 'cache-size': 4096 });
  expect(row(await router.get('/ip/dns'))['cache-size']).toBe('4096');
  await router.post('/ip/dns/set', { 'cache-size': '0x1000' });
  expect(row(await router.get('/ip/dns'))['cache-size']).toBe('4096');
});

test('lists are one comma-separated text, and an empty text empties them', async () => {
  const router = await startLabRouter();
  await router.post('/ip/dns/set', { servers: ['1.1.1.1', '2606:4700:4700::1111'] });
  expect(row(await router.get('/ip/dns'))['servers']).toBe('1.1.1.1,2606:4700:4700::1111');
  await router.post('/ip/dns/set', { servers: '' });
  expect(row(await router.get('/ip/dns'))['servers']).toBe('');
});

test('a comment is absent until written and an empty text or null removes it', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/ip/address/*1'))).not.toHaveProperty('comment');
  for (const clear of ['', null]) {
    expect(row(await router.patch('/ip/address/*1', { comment: 'wan' }))['comment']).toBe('wan');
    expect(row(await router.patch('/ip/address/*1', { comment: clear }))).not.toHaveProperty('comment');
  }
});

test('flags print as empty texts when set and are absent when not; unset and !field remove optional values', async () => {
  const router = await startLabRouter();
  const added = row(await router.put('/ip/route', { 'dst-address': '10.66.0.0/16', blackhole: '' }));
  expect(added['blackhole']).toBe('');
  expect(added).not.toHaveProperty('gateway');
  const path = `/ip/route/${added['.id']}`;
  expect(row(await router.patch(path, { gateway: '10.20.0.1', '!blackhole': '' }))).not.toHaveProperty('blackhole');
  expect(row(await router.patch(path, { 'check-gateway': 'ping' }))['check-gateway']).toBe('ping');
  await router.post('/ip/route/unset', { '.id': added['.id'], 'value-name': 'check-gateway' });
  expect(row(await router.get(path))).not.toHaveProperty('check-gateway');
});

test('an address without a length becomes a /32 and its network follows it', async () => {
  const router = await startLabRouter();
  const host = row(await router.put('/ip/address', { address: '10.9.9.9', interface: 'ether3' }));
  expect(host).toMatchObject({ address: '10.9.9.9/32', network: '10.9.9.9' });
  expect(row(await router.patch(`/ip/address/${host['.id']}`, { address: '10.9.9.9/20' }))['network']).toBe('10.9.0.0');
  const masked = await router.put('/ip/address', {
    address: '10.8.0.1',
    netmask: '255.255.255.0',
    interface: 'ether3',
  });
  expect(row(masked)).toMatchObject({ address: '10.8.0.1/24', network: '10.8.0.0' });
});

test('a password goes in and never comes out', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'eve', group: 'read', password: 'hunter2' });
  const everything = JSON.stringify([
    rows(await router.get('/user?.proplist=name,password')),
    router.device.router.state(),
    router.device.router.journal.entries(),
    (await router.control('GET', '/devices/lab-01/state')).body,
  ]);
  expect(everything).toContain('eve');
  expect(everything).not.toContain('hunter2');
});

test('a renamed interface shows its new name wherever it is used', async () => {
  const router = await startLabRouter();
  // Below /interface the word `bridge` is the menu of bridges, so the row goes by its id.
  const [bridge] = rows(await router.get('/interface?name=bridge'));
  await router.patch(`/interface/${bridge?.['.id']}`, { name: 'lan' });
  expect(row(await router.get('/ip/address/*2'))).toMatchObject({ interface: 'lan', 'actual-interface': 'lan' });
  expect(rows(await router.get('/ip/route?gateway=lan'))).toHaveLength(1);
});
