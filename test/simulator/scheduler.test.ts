import { expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter, until } from './support/lab-router.ts';

const advance = async (router: LabRouter, advanceSeconds: number): Promise<void> => {
  expect(await router.control('POST', '/devices/lab-01/clock', { advanceSeconds })).toMatchObject({ status: 200 });
};
const entry = async (router: LabRouter, name: string): Promise<Record<string, string>> =>
  row(await router.get(`/system/scheduler/${name}`));
const dnsServers = async (router: LabRouter): Promise<string | undefined> =>
  row(await router.get('/ip/dns'))['servers'];

test('a new entry has the defaults of the device and belongs to its creator', async () => {
  const router = await startLabRouter();
  const added = await router.put('/system/scheduler', { interval: '5m', 'on-event': ':log info hello' });
  const clock = row(await router.get('/system/clock'));
  expect(added.status).toBe(201);
  expect(row(added)).toMatchObject({
    '.id': '*0',
    disabled: 'false',
    interval: '5m',
    name: 'schedule1',
    owner: 'convoy',
    policy: 'ftp,reboot,read,write,policy,test,password,sniff,sensitive,romon',
    'run-count': '0',
    'start-date': clock['date'],
  });
  expect(row(await router.put('/system/scheduler', {}))).toMatchObject({ '.id': '*1', name: 'schedule2' });
});

test('an interval first runs one interval after its start and then again and again', async () => {
  const router = await startLabRouter();
  await router.put('/system/scheduler', {
    name: 'guard',
    interval: '5m',
    'on-event': '/ip dns set servers=9.9.9.9',
  });
  await advance(router, 290);
  expect(await entry(router, 'guard')).toMatchObject({ 'run-count': '0' });
  expect(await dnsServers(router)).toBe('8.8.8.8,8.8.4.4');
  await advance(router, 11);
  expect(await entry(router, 'guard')).toMatchObject({ 'run-count': '1' });
  expect(await dnsServers(router)).toBe('9.9.9.9');
  await advance(router, 3600);
  expect(await entry(router, 'guard')).toMatchObject({ 'run-count': '13' });
});

test('a one-shot runs at its start once, and has no next run afterwards', async () => {
  const router = await startLabRouter();
  await router.post('/system/ntp/client/set', { enabled: false });
  await router.post('/system/clock/set', { date: '2026-01-01', time: '10:00:00' });
  const added = await router.put('/system/scheduler', {
    name: 'once',
    interval: '0s',
    'start-date': '2026-01-01',
    'start-time': '10:05:00',
    'on-event': '/ip/dns/set servers=9.9.9.9',
  });
  expect(row(added)['next-run']).toBe('2026-01-01 10:05:00');
  await advance(router, 301);
  const after = await entry(router, 'once');
  expect(after['run-count']).toBe('1');
  expect(after).not.toHaveProperty('next-run');
  await advance(router, 86_400 * 30);
  expect((await entry(router, 'once'))['run-count']).toBe('1');
});

test('a one-shot whose start is in the past never runs', async () => {
  const router = await startLabRouter();
  const added = await router.put('/system/scheduler', {
    name: 'late',
    'start-date': '2020-01-01',
    'start-time': '00:00:00',
  });
  expect(row(added)).not.toHaveProperty('next-run');
  await advance(router, 86_400);
  expect((await entry(router, 'late'))['run-count']).toBe('0');
});

test('entries fire in the order of their times while the clock is advanced', async () => {
  const router = await startLabRouter();
  // One start for both: entries made in different seconds would count their intervals from different seconds.
  const { date = '', time = '' } = row(await router.get('/system/clock'));
  const start = { 'start-date': date, 'start-time': time };
  await router.put('/system/scheduler', { ...start, name: 'b', interval: '20m', 'on-event': ':log info b' });
  await router.put('/system/scheduler', { ...start, name: 'a', interval: '30m', 'on-event': ':log info a' });
  await advance(router, 3500);
  const order = router.device.router.logLines().filter((line) => line.topics === 'script,info');
  expect(order.map((line) => line.message)).toEqual(['b', 'a', 'b']);
  const [first = 0, second = 0, third = 0] = order.map((line) => Date.parse(`${line.time.replace(' ', 'T')}Z`) / 1000);
  expect([second - first, third - second]).toEqual([600, 600]);
});

test('an entry fires by itself when its time comes', async () => {
  const router = await startLabRouter();
  await router.put('/system/scheduler', { name: 'soon', interval: '1s', 'on-event': ':log info fired' });
  await until(() => router.device.router.logLines().some((line) => line.message === 'fired'));
});

test('a disabled or removed entry does not run', async () => {
  const router = await startLabRouter();
  await router.put('/system/scheduler', { name: 'off', interval: '5m', 'on-event': ':log info off', disabled: true });
  await router.put('/system/scheduler', { name: 'gone', interval: '5m', 'on-event': ':log info gone' });
  await router.remove('/system/scheduler/gone');
  await advance(router, 3600);
  expect(router.device.router.logLines().filter((line) => line.topics === 'script,info')).toEqual([]);
  await router.post('/system/scheduler/enable', { numbers: 'off' });
  await advance(router, 301);
  expect((await entry(router, 'off'))['run-count']).toBe('1');
});

test('an entry that removes itself first still runs to its end', async () => {
  const router = await startLabRouter();
  await router.put('/system/scheduler', {
    name: 'cc-1',
    interval: '5m',
    'on-event':
      ':log warning "cc-1: not confirmed, reverting"\r\n/system/scheduler/remove [find name=cc-1]\r\n' +
      ':do {/ip/dns/set servers=1.1.1.1} on-error={:log error "cc-1 undo step 1 failed"}',
  });
  await advance(router, 600);
  expect(rows(await router.get('/system/scheduler'))).toEqual([]);
  expect(await dnsServers(router)).toBe('1.1.1.1');
  const undo = router.device.router.journal.entries().filter((written) => written.path === '/ip/dns');
  expect(undo).toMatchObject([{ transport: 'script', user: 'convoy', after: { servers: '1.1.1.1' } }]);
});

test('a startup entry runs three seconds after every boot, and counts from zero again', async () => {
  const router = await startLabRouter();
  await router.put('/system/scheduler', { name: 'boot', 'start-time': 'startup', 'on-event': ':log info booted' });
  await advance(router, 3600);
  expect((await entry(router, 'boot'))['run-count']).toBe('0');
  for (const boot of ['first', 'second']) {
    await router.device.cyclePower(0);
    await advance(router, 2);
    expect((await entry(router, 'boot'))['run-count'], boot).toBe('0');
    await advance(router, 2);
    expect((await entry(router, 'boot'))['run-count'], boot).toBe('1');
  }
});

test('an entry whose owner is gone counts but does nothing', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'temp', group: 'full', password: 'p' });
  await router.as('temp', 'p').send('PUT', '/system/scheduler', {
    name: 'orphan',
    interval: '5m',
    'on-event': '/ip/dns/set servers=9.9.9.9',
  });
  await router.remove('/user/temp');
  await advance(router, 301);
  expect(await dnsServers(router)).toBe('8.8.8.8,8.8.4.4');
});

test('an entry may do no more than its policy and its owner', async () => {
  const router = await startLabRouter();
  await router.put('/system/scheduler', {
    name: 'weak',
    interval: '5m',
    policy: 'read',
    'on-event': '/ip/dns/set servers=9.9.9.9',
  });
  await advance(router, 301);
  expect(await dnsServers(router)).toBe('8.8.8.8,8.8.4.4');
  expect(router.device.router.logLines().map((line) => line.message)).toEqual(
    expect.arrayContaining([
      'executing script from scheduler (weak) failed, please check it manually',
      expect.stringMatching(/^\(scheduler:weak\) not enough permissions \(9\)/),
    ]),
  );
});

test('nobody can give an entry a policy that he lacks; the default is cut down to what he has', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'writer', group: 'write', password: 'p' });
  const writer = router.as('writer', 'p');
  const refused = await writer.send('PUT', '/system/scheduler', { name: 'x', policy: 'read,policy' });
  expect(refused).toMatchObject({ status: 500, body: { detail: 'not enough permissions (9)' } });
  const added = await writer.send('PUT', '/system/scheduler', { name: 'x' });
  expect(row(added)['policy']).toBe('reboot,read,write,test,password,sniff,sensitive,romon');
});

test('setting the wall clock moves the next run of an interval', async () => {
  const router = await startLabRouter();
  await router.post('/system/ntp/client/set', { enabled: false });
  await router.post('/system/clock/set', { date: '2026-01-01', time: '10:00:00' });
  await router.put('/system/scheduler', {
    name: 'hourly',
    interval: '1h',
    'start-date': '2026-01-01',
    'start-time': '00:30:00',
  });
  expect((await entry(router, 'hourly'))['next-run']).toBe('2026-01-01 10:30:00');
  await router.post('/system/clock/set', { time: '12:45:00' });
  expect((await entry(router, 'hourly'))['next-run']).toBe('2026-01-01 13:30:00');
});

test('names are unique', async () => {
  const router = await startLabRouter();
  await router.put('/system/scheduler', { name: 'x' });
  expect(await router.put('/system/scheduler', { name: 'x' })).toMatchObject({
    status: 400,
    body: { detail: 'failure: item with this name already exists' },
  });
});
