import { expect, test } from 'vitest';
import { row, rows, startLabRouter, until } from './support/lab-router.ts';

test('execute with as-string answers what the script prints, errors too', async () => {
  const { post } = await startLabRouter();
  const run = async (script: string): Promise<unknown> => {
    const reply = await post('/execute', { script, 'as-string': '' });
    expect(reply.status).toBe(200);
    return reply.body;
  };
  expect(await run(':put [/system/identity/get name]')).toEqual({ ret: 'lab-01' });
  expect(await run(':put one; :put two')).toEqual({ ret: 'one\r\ntwo' });
  expect(await run('/system/identity/set name=changed')).toEqual({ ret: '' });
  expect(await run('/ip service set www-ssl certificate=nonesuch')).toEqual({
    ret: 'input does not match any value of certificate (/ip/service/set (certificate); line 1)',
  });
  expect(await run(':put [')).toEqual({ ret: 'syntax error (line 1 column 7)' });
  expect(await run('/foo')).toEqual({ ret: 'bad command name foo (line 1 column 2)' });
  expect(await run(':error "x"')).toEqual({ ret: 'x (:error; line 1)' });
  expect(await run(':put before\n:error "x"')).toEqual({ ret: 'before\r\nx (:error; line 2)' });
});

test('execute answers the id of a job at once; the job goes on, shows, and can be ended', async () => {
  const { post, get, device } = await startLabRouter();
  const { ret = '' } = row(await post('/execute', { script: ':delay 5m; /system/identity/set name=later' }));
  expect(ret).toMatch(/^\*[0-9A-F]+$/);
  expect(rows(await get('/system/script/job')).map((job) => job['.id'])).toContain(ret);
  device.router.clock.advance(300_000);
  expect(row(await get('/system/identity'))).toEqual({ name: 'later' });
  expect(rows(await get('/system/script/job')).map((job) => job['.id'])).not.toContain(ret);
  const second = row(await post('/execute', { script: ':delay 5m; /system/identity/set name=never' }));
  device.router
    .jobs()
    .find((job) => job.id === second['ret'])
    ?.end();
  device.router.clock.advance(300_000);
  expect(row(await get('/system/identity'))).toEqual({ name: 'later' });
});

test('a job is lost with the power', async () => {
  const { post, get, device } = await startLabRouter();
  await post('/execute', { script: ':delay 10s; /system/identity/set name=never' });
  await device.cyclePower(0);
  device.router.clock.advance(20_000);
  expect(row(await get('/system/identity'))).toEqual({ name: 'lab-01' });
  expect(device.router.jobs()).toEqual([]);
});

test('a script that is waited for ends with the time limit of the session', async () => {
  const { post, device } = await startLabRouter({ sessionLimitMs: 50 });
  expect(
    await post('/execute', { script: ':delay 1h; /system/identity/set name=never', 'as-string': '' }),
  ).toMatchObject({
    status: 400,
    body: { detail: 'Session closed', error: 400, message: 'Bad Request' },
  });
  expect(device.router.jobs()).toEqual([]);
});

test('execute needs a script, and its script may do what the caller may', async () => {
  const { post, put, as } = await startLabRouter();
  expect(await post('/execute', {})).toMatchObject({ status: 400, body: { detail: 'missing =script=' } });
  expect(await post('/execute', { script: ':put 1', nonsense: '1' })).toMatchObject({
    status: 400,
    body: { detail: 'unknown parameter nonsense' },
  });
  await put('/user', { name: 'reader', group: 'read', password: 'secret' });
  const reply = await as('reader', 'secret').post('/execute', {
    script: '/system/identity/set name=x',
    'as-string': '',
  });
  expect(reply.body).toEqual({ ret: 'not enough permissions (9) (/system/identity/set; line 1)' });
});

test('an export over REST goes into a file', async () => {
  const { post, get, device } = await startLabRouter();
  expect(await post('/export', { compact: '', file: 'test.rsc' })).toMatchObject({ status: 200, body: [] });
  expect(await post('/ip/firewall/export', { file: 'fw' })).toMatchObject({ status: 200, body: [] });
  expect(await post('/ip/address/export')).toMatchObject({ status: 200, body: [] });
  expect(await post('/export', { nonsense: '' })).toMatchObject({
    status: 400,
    body: { detail: 'unknown parameter nonsense' },
  });
  await until(async () => rows(await get('/file')).some((file) => file['name'] === 'fw.rsc'));
  expect(device.router.rows('/file').find((file) => file['name'] === 'test.rsc')?.['contents']).toContain(
    '/ip address\r\n',
  );
  const text = row(await post('/execute', { script: '/ip address export terse', 'as-string': '' }))['ret'];
  expect(text).toContain('\r\n/ip address add address=10.20.1.1/16 interface=ether1 network=10.20.0.0');
});

test('an export into a file needs the policy ftp, one with secrets the policy sensitive', async () => {
  const { put, as } = await startLabRouter();
  await put('/user/group', { name: 'narrow', policy: 'read,write,api,rest-api' });
  await put('/user', { name: 'narrow', group: 'narrow', password: 'secret' });
  const { post } = as('narrow', 'secret');
  const refusal = { detail: 'not enough permissions (9)', error: 500, message: 'Internal Server Error' };
  expect(await post('/export', { file: 'x' })).toMatchObject({ status: 500, body: refusal });
  expect(await post('/export', { 'show-sensitive': '' })).toMatchObject({ status: 500, body: refusal });
});

test('commands are not read', async () => {
  const { get } = await startLabRouter();
  for (const path of ['/export', '/ip/address/export', '/console/inspect', '/execute']) {
    expect(await get(path)).toMatchObject({ status: 400, body: { detail: 'no such command' } });
  }
});

test('an import over REST tells of the failure as one of the request', async () => {
  const { post, get, put } = await startLabRouter();
  await put('/file', { name: 'good.rsc', contents: '/system identity set name=imported' });
  await put('/file', { name: 'bad.rsc', contents: '/system identity set name=before\n/ip address remove *99' });
  expect(await post('/import', { 'file-name': 'good.rsc' })).toMatchObject({ status: 200, body: [] });
  expect(row(await get('/system/identity'))).toEqual({ name: 'imported' });
  expect(await post('/import', { 'file-name': 'bad.rsc' })).toMatchObject({
    status: 400,
    body: { detail: 'Script Error: no such item' },
  });
  expect(row(await get('/system/identity'))).toEqual({ name: 'before' });
  expect(await post('/import', {})).toMatchObject({ status: 400, body: { detail: 'missing =file-name=' } });
});

test('inspect lists what is below a path', async () => {
  const { post } = await startLabRouter();
  const children = async (path: string): Promise<Record<string, string>[]> =>
    rows(await post('/console/inspect', { request: 'child', path }));
  const address = await children('ip,address');
  expect(address[0]).toEqual({ name: 'address', 'node-type': 'dir', type: 'self' });
  expect(address).toContainEqual({ name: 'add', 'node-type': 'cmd', type: 'child' });
  expect(await children('ip')).toContainEqual({ name: 'address', 'node-type': 'dir', type: 'child' });
  expect(await children('ip,address,add')).toContainEqual({ name: 'interface', 'node-type': 'arg', type: 'child' });
  expect(await children('ip,nonsense')).toEqual([]);
  expect((await children('')).map((child) => child['name'])).toEqual(expect.arrayContaining(['ip', 'put', 'export']));
});

test('inspect shows what a version has', async () => {
  const names = async (version: string): Promise<(string | undefined)[]> => {
    const { post } = await startLabRouter({ version });
    return rows(await post('/console/inspect', { request: 'child', path: '' })).map((child) => child['name']);
  };
  expect(await names('7.12.2')).not.toContain('onerror');
  expect(await names('7.22.3')).toContain('onerror');
});

test('inspect explains, continues and colours what is typed', async () => {
  const { post } = await startLabRouter();
  const ask = async (body: Record<string, string>): Promise<Record<string, string>[]> =>
    rows(await post('/console/inspect', body));
  expect(await ask({ request: 'syntax', path: 'ip,address,add,address' })).toEqual([
    {
      nested: '0',
      nonorm: 'false',
      symbol: '',
      'symbol-type': 'explanation',
      text: 'A.B.C.D    (IP address)',
      type: 'syntax',
    },
  ]);
  expect(await ask({ request: 'completion', input: '/ip addr' })).toEqual([
    {
      completion: 'address',
      offset: '4',
      preference: '96',
      show: 'true',
      style: 'dir',
      text: '',
      type: 'completion',
    },
  ]);
  const [line] = await ask({ request: 'highlight', input: '/ip print' });
  expect(line).toMatchObject({ type: 'highlight' });
  expect(line?.['highlight']?.split(',')).toHaveLength('/ip print'.length);
  expect(await ask({ request: 'highlight', input: '/ip address print' })).toEqual([
    {
      highlight: ['none', 'dir,dir', 'none', 'dir,dir,dir,dir,dir,dir,dir', 'none', 'cmd,cmd,cmd,cmd,cmd'].join(','),
      type: 'highlight',
    },
  ]);
  expect(await post('/console/inspect', { request: 'nonsense' })).toMatchObject({
    status: 400,
    body: { detail: 'input does not match any value of request' },
  });
});
