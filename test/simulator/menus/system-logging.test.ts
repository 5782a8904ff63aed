import { expect, test } from 'vitest';
import { row, rows, startLabRouter, type LabRouter } from '../support/lab-router.ts';

const messages = async (router: LabRouter): Promise<string[]> =>
  rows(await router.get('/log')).map((line) => line['message'] ?? '');

test('a new router sends info, error and warning to memory and critical to terminals', async () => {
  const router = await startLabRouter();
  const rules = rows(await router.get('/system/logging'));
  expect(rules.map(({ action, topics }) => [action, topics])).toEqual([
    ['memory', 'info'],
    ['memory', 'error'],
    ['memory', 'warning'],
    ['echo', 'critical'],
  ]);
  expect(rules[0]).toEqual({
    '.id': '*1',
    action: 'memory',
    default: 'true',
    disabled: 'false',
    invalid: 'false',
    prefix: '',
    regex: '',
    topics: 'info',
  });
});

test('an action shows only the keys of its target', async () => {
  const router = await startLabRouter({ version: '7.16.2' });
  expect(rows(await router.get('/system/logging/action'))).toMatchObject([
    { '.id': '*0', name: 'memory', 'memory-lines': '1000', 'memory-stop-on-full': 'false' },
    { '.id': '*1', name: 'disk', 'disk-file-count': '2' },
    { '.id': '*2', name: 'echo', remember: 'true' },
    { '.id': '*3', name: 'remote' },
  ]);
  expect(row(await router.get('/system/logging/action/remote'))).toEqual({
    '.id': '*3',
    'bsd-syslog': 'false',
    default: 'true',
    name: 'remote',
    remote: '0.0.0.0',
    'remote-port': '514',
    'src-address': '0.0.0.0',
    'syslog-facility': 'daemon',
    'syslog-severity': 'auto',
    'syslog-time-format': 'bsd-syslog',
    target: 'remote',
  });
});

test('bsd-syslog gave way to remote-log-format and remote-protocol in 7.18', async () => {
  const router = await startLabRouter();
  const remote = row(await router.get('/system/logging/action/remote'));
  expect(remote).toMatchObject({ 'remote-log-format': 'default', 'remote-protocol': 'udp' });
  expect(remote).not.toHaveProperty('bsd-syslog');
});

test('a syslog server has an address of either family', async () => {
  const router = await startLabRouter();
  const set = async (remote: string) => await router.patch('/system/logging/action/remote', { remote });
  expect(row(await set('2001:DB8::0:5'))).toMatchObject({ remote: '2001:db8::5' });
  expect((await set('syslog.lan')).status).toBe(400);
});

test('debug lines are lost until a rule asks for them, and its prefix goes before them', async () => {
  const router = await startLabRouter();
  await router.post('/log/debug', { message: 'unheard' });
  await router.put('/system/logging', { topics: 'script,debug', prefix: 'DBG', action: 'memory' });
  await router.post('/log/debug', { message: 'heard' });
  const heard = (await messages(router)).filter((message) => message.includes('heard'));
  expect(heard).toEqual(['DBG: heard']);
});

test('a rule may exclude topics, be disabled, or match a pattern', async () => {
  const router = await startLabRouter();
  const rule = row(await router.get('/system/logging/*1'));
  await router.patch(`/system/logging/${rule['.id']}`, { topics: 'info,!script' });
  await router.post('/log/info', { message: 'excluded' });
  expect(await messages(router)).not.toContain('excluded');
  await router.patch(`/system/logging/${rule['.id']}`, { topics: 'info', regex: '^keep' });
  await router.post('/log/info', { message: 'keep me' });
  await router.post('/log/info', { message: 'not me' });
  await router.post('/system/logging/disable', { numbers: '*3' });
  await router.post('/log/warning', { message: 'unseen' });
  expect((await messages(router)).slice(-1)).toEqual(['keep me']);
});

test('a line that two rules send to memory is there twice', async () => {
  const router = await startLabRouter();
  await router.put('/system/logging', { topics: 'script', prefix: 'twice' });
  await router.post('/log/warning', { message: 'echo' });
  expect((await messages(router)).slice(-2)).toEqual(['echo', 'twice: echo']);
});

test('memory-lines bounds an action, the oldest line goes first or nothing more comes in', async () => {
  const router = await startLabRouter();
  await router.post('/system/logging/action/set', { numbers: 'memory', 'memory-lines': 3 });
  for (const message of ['a', 'b', 'c', 'd']) await router.post('/log/info', { message });
  expect(await messages(router)).toEqual(['b', 'c', 'd']);
  await router.post('/system/logging/action/set', { numbers: 'memory', 'memory-stop-on-full': true });
  await router.post('/log/info', { message: 'e' });
  expect(await messages(router)).toEqual(['b', 'c', 'd']);
});

test('clear empties the memory of an action', async () => {
  const router = await startLabRouter();
  await router.post('/log/info', { message: 'gone' });
  expect(await router.post('/system/logging/action/clear', { action: 'memory' })).toMatchObject({ body: [] });
  expect(await messages(router)).toEqual([]);
});

test('lines for the disk are in a file', async () => {
  const router = await startLabRouter();
  await router.put('/system/logging', { topics: 'script', action: 'disk' });
  await router.post('/log/error', { message: 'written down' });
  const [file] = rows(await router.get('/file?name=log.0.txt'));
  expect(file?.['contents']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d script,error written down\n$/);
});

test('default rules and actions can be edited but not removed', async () => {
  const router = await startLabRouter();
  expect(await router.remove('/system/logging/*1')).toMatchObject({
    status: 400,
    body: { detail: 'failure: can not remove default entry' },
  });
  expect(await router.remove('/system/logging/action/echo')).toMatchObject({ status: 400 });
  expect(await router.patch('/system/logging/*1', { prefix: 'x' })).toMatchObject({ status: 200 });
});

test('names of actions hold letters and digits, topics must be known', async () => {
  const router = await startLabRouter();
  expect(await router.put('/system/logging/action', { name: 'to-host', target: 'remote' })).toMatchObject({
    status: 400,
    body: { detail: 'invalid value for argument name' },
  });
  expect(await router.put('/system/logging', { topics: 'weather' })).toMatchObject({
    body: { detail: 'input does not match any value of topics' },
  });
  expect(await router.put('/system/logging', { topics: 'info', action: 'nowhere' })).toMatchObject({
    body: { detail: 'input does not match any value of action' },
  });
});
