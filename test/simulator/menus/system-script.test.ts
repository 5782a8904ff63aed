import { expect, test } from 'vitest';
import { row, rows, startLabRouter, until, type LabRouter } from '../support/lab-router.ts';

const lines = (router: LabRouter): string[] => router.device.router.logLines().map(({ message }) => message);

test('a script is run by id or name, and counts its runs', async () => {
  const router = await startLabRouter();
  const added = await router.put('/system/script', { name: 'hello', source: ':log info "from a script"' });
  expect(added).toMatchObject({
    status: 201,
    body: {
      '.id': '*1',
      'dont-require-permissions': 'false',
      invalid: 'false',
      name: 'hello',
      owner: 'convoy',
      policy: 'ftp,reboot,read,write,policy,test,password,sniff,sensitive,romon',
      'run-count': '0',
      source: ':log info "from a script"',
    },
  });
  expect(row(added)).not.toHaveProperty('last-started');
  expect(await router.post('/system/script/run', { '.id': '*1' })).toMatchObject({ status: 200, body: [] });
  await router.post('/system/script/run', { number: 'hello' });
  expect(lines(router).filter((line) => line === 'from a script')).toHaveLength(2);
  expect(row(await router.get('/system/script/hello'))).toMatchObject({
    'run-count': '2',
    'last-started': expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as unknown,
  });
});

test('an error of the script is the answer of run', async () => {
  const router = await startLabRouter();
  await router.put('/system/script', { name: 'bad', source: ':error "no good"' });
  const reply = await router.post('/system/script/run', { numbers: 'bad' });
  expect(reply).toMatchObject({ status: 400, body: { detail: expect.stringContaining('no good') as unknown } });
  expect((await router.post('/system/script/run', { numbers: 'none' })).status).toBe(404);
});

test('run waits for the end, and meanwhile the script is a job that can be ended', async () => {
  const router = await startLabRouter();
  await router.put('/system/script', { name: 'slow', source: ':delay 1h; :log info late' });
  const running = router.post('/system/script/run', { numbers: 'slow' });
  await until(() => router.device.router.jobs().length === 1);
  const admin = { name: 'second', group: 'full', password: 'second-password' };
  router.device.router.insert('/user', { ...admin, group: '*3' });
  const other = router.as('second', 'second-password');
  const [job] = rows(await other.get('/system/script/job'));
  expect(job).toMatchObject({ owner: 'convoy', script: 'slow', type: 'command' });
  await other.send('DELETE', `/system/script/job/${job?.['.id']}`);
  expect((await running).status).toBe(400);
  expect(router.device.router.jobs()).toEqual([]);
});

test('who runs a script needs its policies, unless it does not require them', async () => {
  const router = await startLabRouter();
  await router.put('/system/script', { name: 'wide', policy: 'read,write,policy', source: ':log info wide' });
  await router.put('/user', { name: 'weak', group: 'read', password: 'weak-password' });
  const weak = router.as('weak', 'weak-password');
  expect(await weak.post('/system/script/run', { numbers: 'wide' })).toMatchObject({
    body: { detail: 'not enough permissions (9)' },
  });
  await router.post('/system/script/set', { numbers: 'wide', 'dont-require-permissions': true });
  expect((await weak.post('/system/script/run', { numbers: 'wide' })).status).toBe(200);
});

test('a scheduled entry may name a script, which runs with its own policies', async () => {
  const router = await startLabRouter();
  await router.put('/system/script', { name: 'named', source: ':log info named' });
  await router.put('/system/scheduler', { name: 'tick', interval: '1m', 'on-event': 'named' });
  await router.put('/system/scheduler', { name: 'narrow', interval: '1m', policy: 'read', 'on-event': 'named' });
  router.device.router.clock.advance(60_000);
  expect(lines(router).filter((line) => line === 'named')).toHaveLength(1);
  expect(lines(router)).toContain('executing script from scheduler (narrow) failed, please check it manually');
});

test('global variables are rows until the router restarts', async () => {
  const router = await startLabRouter();
  await router.put('/system/script', { name: 'g', source: ':global counter 5' });
  await router.post('/system/script/run', { numbers: 'g' });
  expect(rows(await router.get('/system/script/environment'))).toEqual([{ '.id': '*1', name: 'counter', value: '5' }]);
  expect(await router.patch('/system/script/environment/*1', { value: '6' })).toMatchObject({ body: { value: '6' } });
  await router.remove('/system/script/environment/*1');
  expect(rows(await router.get('/system/script/environment'))).toEqual([]);
});

test('a scheduled entry has days since 7.24 and runs on no other', async () => {
  const older = await startLabRouter({ version: '7.22.3' });
  expect(await older.put('/system/scheduler', { name: 'x', days: 'mon' })).toMatchObject({
    body: { detail: 'unknown parameter days' },
  });
  const router = await startLabRouter({ version: '7.24' });
  await router.post('/system/ntp/client/set', { enabled: false });
  await router.post('/system/clock/set', { date: '2026-01-01', time: '10:00:00' });
  const entry = {
    name: 'weekly',
    interval: '1h',
    'start-date': '2026-01-01',
    'start-time': '00:30:00',
    days: 'mon,sat',
  };
  expect(row(await router.put('/system/scheduler', entry))).toMatchObject({
    days: 'mon,sat',
    'next-run': '2026-01-03 00:30:00',
  });
});

test('a script runs another one by its name, and use-script-permissions exists since 7.15', async () => {
  const router = await startLabRouter({ version: '7.12.2' });
  await router.put('/system/script', { name: 'inner', source: ':log info inner' });
  await router.put('/system/script', { name: 'outer', source: '/system script run inner; :log info outer' });
  expect(await router.post('/system/script/run', { number: 'outer' })).toMatchObject({ status: 200, body: [] });
  expect(lines(router).slice(-2)).toEqual(['inner', 'outer']);
  const permissions = { number: 'outer', 'use-script-permissions': '' };
  expect(await router.post('/system/script/run', permissions)).toMatchObject({
    body: { detail: 'unknown parameter use-script-permissions' },
  });
});
