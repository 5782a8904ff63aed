import { expect, test } from 'vitest';
import { type LabRouter, type Reply, rows, startLabRouter, until } from '../support/lab-router.ts';

/** Sends a command that takes time and lets that time pass on the router's clock. */
async function whilePassing(router: LabRouter, sent: Promise<Reply>, milliseconds: number): Promise<Reply> {
  let reply: Reply | undefined;
  void sent.then((arrived) => (reply = arrived));
  await until(() => {
    router.device.router.clock.advance(reply ? 0 : milliseconds);
    return reply !== undefined;
  });
  return await sent;
}

const ping = async (router: LabRouter, args: Record<string, unknown>): Promise<Record<string, string>[]> =>
  rows(await whilePassing(router, router.post('/tool/ping', args), 60_000));

test('pings carry running totals, and the times of the answers that came', async () => {
  const router = await startLabRouter();
  const [first, second] = await ping(router, { address: '10.20.0.1', count: '2' });
  expect(first).toEqual({
    'avg-rtt': first?.['time'],
    host: '10.20.0.1',
    'max-rtt': first?.['time'],
    'min-rtt': first?.['time'],
    'packet-loss': '0',
    received: '1',
    sent: '1',
    seq: '0',
    size: '56',
    time: expect.stringMatching(/^\d+us$/) as string,
    ttl: '64',
  });
  expect(second).toMatchObject({ received: '2', sent: '2', seq: '1', 'packet-loss': '0' });
});

test('lost packets have a status and no time, and count in the totals', async () => {
  const router = await startLabRouter();
  const packets = await ping(router, { address: '198.51.100.7', count: 4 });
  expect(packets.at(-1)).toMatchObject({ 'packet-loss': '25', received: '3', sent: '4', seq: '3', status: 'timeout' });
  expect(packets.at(-1)).not.toHaveProperty('time');
  expect(await ping(router, { address: '192.0.2.9', count: 1 })).toEqual([
    { host: '192.0.2.9', 'packet-loss': '100', received: '0', sent: '1', seq: '0', status: 'timeout' },
  ]);
});

test('messages of routers on the way name who sent them', async () => {
  const router = await startLabRouter();
  expect(await ping(router, { address: '8.8.8.8', count: 1, ttl: 1 })).toMatchObject([
    { host: '10.20.0.1', status: 'TTL exceeded', received: '0' },
  ]);
  expect(await ping(router, { address: '8.8.8.8', count: 1, size: 1600, 'do-not-fragment': 'yes' })).toMatchObject([
    { host: '10.20.1.1', status: 'packet too large and cannot be fragmented' },
  ]);
  await router.put('/ip/address', { address: '192.0.2.1/24', interface: 'bridge' });
  expect(await ping(router, { address: '192.0.2.9', count: 1 })).toMatchObject([
    { host: '192.0.2.1', status: 'host unreachable' },
  ]);
});

test('the router reaches its own addresses, and through an interface only what is behind it', async () => {
  const router = await startLabRouter();
  expect(await ping(router, { address: '192.168.88.1', count: 1 })).toMatchObject([{ received: '1', ttl: '64' }]);
  expect(await ping(router, { address: '8.8.8.8', count: 1, interface: 'ether1' })).toMatchObject([{ received: '1' }]);
  expect(await ping(router, { address: '8.8.8.8', count: 1, interface: 'bridge' })).toMatchObject([
    { status: 'timeout' },
  ]);
  expect(await ping(router, { address: '8.8.8.8', count: 1, 'src-address': '172.31.1.1' })).toMatchObject([
    { status: 'timeout' },
  ]);
});

test('what a ping is told is checked before the first packet', async () => {
  const router = await startLabRouter();
  const refusals: [Record<string, unknown>, string][] = [
    [{ count: 1 }, 'missing =address='],
    [{ address: 'nobody.invalid', count: 1 }, 'failure: dns name does not exist'],
    [{ address: '8.8.8.8', count: 1, interface: 'ether99' }, 'input does not match any value of interface'],
    [{ address: '8.8.8.8', count: 1, ttl: 256 }, 'value of ttl out of range (1..255)'],
    [{ address: '8.8.8.8', count: 1, flood: 'yes' }, 'unknown parameter flood'],
    [{ address: '8.8.8.8', count: 1, interval: '10s' }, 'value of interval is out of range (10ms .. 5s)'],
  ];
  for (const [args, detail] of refusals) {
    expect(await router.post('/tool/ping', args)).toMatchObject({ status: 400, body: { detail } });
  }
});

test('a ping without an end, or with one after the limit of a session, is closed by the limit', async () => {
  const router = await startLabRouter({ sessionLimitMs: 50 });
  const closed = { status: 400, body: { detail: 'Session closed' } };
  expect(await router.post('/tool/ping', { address: '8.8.8.8' })).toMatchObject(closed);
  expect(await router.post('/tool/ping', { address: '8.8.8.8', count: 100 })).toMatchObject(closed);
});

test('the console’s root has ping too', async () => {
  const router = await startLabRouter();
  expect(rows(await router.post('/ping', { address: '10.20.0.1', count: 1 }))).toMatchObject([{ received: '1' }]);
});

test('without a route nothing leaves', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  await router.post('/ip/route/disable', { '.id': '*80000001' });
  expect(await ping(router, { address: '8.8.8.8', count: 1 })).toMatchObject([{ status: 'no route to host' }]);
  await router.post('/interface/disable', { numbers: 'ether1' });
  expect(await ping(router, { address: '10.20.0.1', count: 1 })).toMatchObject([{ status: 'no route to host' }]);
});

test('on the network upstream only the gateway knows the Internet', async () => {
  const router = await startLabRouter();
  await router.put('/ip/route', { 'dst-address': '9.9.9.9', gateway: '10.20.0.77' });
  expect(await ping(router, { address: '9.9.9.9', count: 1 })).toMatchObject([{ status: 'timeout' }]);
  await router.put('/ip/route', { 'dst-address': '10.66.0.0/16', gateway: '10.20.0.77' });
  expect(await ping(router, { address: '10.66.0.1', count: 1 })).toMatchObject([{ received: '1' }]);
});

test('traceroute shows every hop with totals, once for each round', async () => {
  const router = await startLabRouter();
  const hops = rows(
    await whilePassing(router, router.post('/tool/traceroute', { address: '8.8.8.8', count: 2 }), 5000),
  );
  const last = hops.filter((hop) => hop['.section'] === '1');
  expect(last.map(({ address }) => address)).toEqual(['10.20.0.1', '100.64.0.1', last[2]?.['address'], '8.8.8.8']);
  expect(last[0]).toEqual({
    '.section': '1',
    address: '10.20.0.1',
    avg: '0.4',
    best: '0.4',
    last: '0.4',
    loss: '0',
    sent: '2',
    'std-dev': '0',
    status: '',
    worst: '0.4',
  });
  const bounded = { address: '8.8.8.8', count: 1, duration: '20s' };
  expect(rows(await router.post('/tool/traceroute', bounded))).toHaveLength(4);
  const silent = rows(await router.post('/tool/traceroute', { address: '192.0.2.9', count: 1, 'max-hops': 4 }));
  expect(silent).toHaveLength(4);
  expect(silent.at(-1)).toMatchObject({ address: '', loss: '100', last: 'timeout' });
  expect(await router.post('/tool/traceroute', { address: '8.8.8.8', once: '' })).toMatchObject({
    status: 400,
    body: { detail: 'unknown parameter once' },
  });
});

test('a bandwidth test connects, runs and is done', async () => {
  const router = await startLabRouter();
  const run = async (address: string) => {
    const sent = router.post('/tool/bandwidth-test', { address, duration: '4s', direction: 'both' });
    return rows(await whilePassing(router, sent, 5000)).map(({ status }) => status);
  };
  expect(await run('10.20.0.1')).toEqual(['connecting', 'running', 'running', 'done testing']);
  expect(await run('192.0.2.1')).toEqual(['connecting', 'can not connect', 'can not connect', 'can not connect']);
});

test('a bandwidth test goes no faster than either end is told', async () => {
  const router = await startLabRouter();
  const args = {
    address: '10.20.0.1',
    duration: '3s',
    direction: 'both',
    'local-tx-speed': '10M',
    'remote-tx-speed': 0,
  };
  const reply = rows(await whilePassing(router, router.post('/tool/bandwidth-test', args), 5000));
  expect(reply.at(-1)).toMatchObject({ 'tx-total-average': '10000000', 'rx-total-average': '941000000' });
  expect(await router.post('/tool/bandwidth-test', { ...args, 'local-tx-speed': 'fast' })).toMatchObject({
    status: 400,
  });
});

test('torch shows the machines of an interface after its first second, profile where the time goes', async () => {
  const router = await startLabRouter();
  const torch = async (duration: string) => {
    const sent = router.post('/tool/torch', { interface: 'bridge', duration, 'src-address': '0.0.0.0/0' });
    return rows(await whilePassing(router, sent, 5000));
  };
  expect(await torch('1s')).toEqual([]);
  expect((await torch('2s'))[0]).toMatchObject({ '.section': '1', 'src-address': '192.168.88.254' });
  const profile = rows(await whilePassing(router, router.post('/tool/profile', { duration: '3s' }), 5000));
  expect(profile.map(({ name }) => name)).toEqual(expect.arrayContaining(['management', 'total', 'idle']));
  expect(await router.post('/tool/profile', { duration: '3s', cpu: 'all' })).toMatchObject({
    body: { detail: 'unknown parameter cpu' },
  });
});

test('fetch gets a page into the reply or a file, wake-on-LAN says nothing', async () => {
  const router = await startLabRouter();
  const fetched = rows(await router.post('/tool/fetch', { url: 'https://www.example.com/a.txt', output: 'user' }));
  expect(fetched.at(-1)).toMatchObject({ status: 'finished', data: expect.stringContaining('It works') as string });
  await router.post('/tool/fetch', { url: 'http://10.20.0.1/b.txt' });
  expect(rows(await router.get('/file?name=b.txt'))).toHaveLength(1);
  expect(await router.post('/tool/fetch', { url: 'http://192.0.2.1/' })).toMatchObject({
    status: 400,
    body: { detail: 'failure: connection timeout' },
  });
  expect(await router.post('/tool/wol', { mac: 'AA:BB:CC:DD:EE:FF', interface: 'bridge' })).toMatchObject({ body: [] });
  expect(await router.post('/tool/wol', { interface: 'bridge' })).toMatchObject({ body: { detail: 'missing =mac=' } });
  expect(await router.post('/tool/wol', { mac: 'x' })).toMatchObject({
    body: { detail: 'invalid value of mac, mac address required' },
  });
});
