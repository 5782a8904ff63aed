import { expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const SECRET = 'hunter2-very-secret';

type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => ReturnType<typeof callApi>;

async function asAdmin(): Promise<{ front: TestFrontEnd; call: Call }> {
  const front = await startFrontEnd();
  const token = await front.tokenOf('admin', { scope: 'fleet:read fleet:admin fleet:plan', aud: front.apiUrl });
  return { front, call: (method, path, body, headers) => callApi(front, token, method, path, body, headers) };
}

it('a test connects with the stored credential and records what the router says', async () => {
  const { front, call } = await asAdmin();
  const sshHostKey = `SHA256:${'B'.repeat(43)}`;
  const { deviceId } = await addDevice(front.database, 'lab-01', {
    status: 'unreachable',
    version: '7.1',
    sshPort: 22,
    sshHostKey,
  });
  const { status, body } = await call('POST', '/devices/lab-01/test');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    device: { deviceId, status: 'healthy', identity: 'R1', version: '7.20.8', serialNumber: 'HX1' },
    found: { version: '7.20.8' },
  });
  expect(front.fleet.probes).toMatchObject([
    {
      deviceId,
      tls: { mode: 'plaintext' },
      ssh: { port: 22, hostKey: sshHostKey },
      sealedCredential: 'sealed-for-a-test',
    },
  ]);
  front.fleet.answers.probe = () => Promise.reject(new AppError('DEVICE_TLS_MISMATCH'));
  const refused = await call('POST', '/devices/lab-01/test');
  expect([refused.status, refused.body['code']]).toEqual([502, 'DEVICE_TLS_MISMATCH']);
});

it('new credentials replace the stored ones only after they have worked', async () => {
  const { front, call } = await asAdmin();
  const { deviceId } = await addDevice(front.database, 'lab-01');
  const login = { username: 'convoy', password: SECRET };
  front.fleet.answers.probe = () => Promise.reject(new AppError('DEVICE_AUTH_FAILED'));
  const wrong = await call('PUT', '/devices/lab-01/credentials', login);
  expect([wrong.status, wrong.body['code']]).toEqual([502, 'DEVICE_AUTH_FAILED']);
  expect(wrong.body['message']).toContain('the stored ones are kept');
  expect(await front.database.credentials.get(deviceId)).toBe('sealed-for-a-test');

  delete front.fleet.answers.probe;
  const right = await call('PUT', '/devices/lab-01/credentials', login);
  expect(right.status).toBe(200);
  expect(right.body).toMatchObject({ device: { deviceId, version: '7.20.8' } });
  const stored = await front.database.credentials.get(deviceId);
  expect(stored).toBe(front.fleet.probes.at(-1)?.sealedCredential);
  expect(stored).toMatch(/^cv1\./);
});

it('a renewed certificate is trusted only by its fingerprint, and only after it was met', async () => {
  const { front, call } = await asAdmin();
  const { deviceId } = await addDevice(front.database, 'lab-01');
  const fingerprint256 = Array.from({ length: 32 }, () => 'AB').join(':');
  front.fleet.answers.probe = () => Promise.reject(new AppError('DEVICE_TLS_MISMATCH'));
  const wrong = await call('PATCH', '/devices/lab-01', { fingerprint256, tags: ['site:berlin'] });
  expect([wrong.status, wrong.body['code']]).toEqual([502, 'DEVICE_TLS_MISMATCH']);
  expect(await front.database.devices.get(deviceId)).toMatchObject({ tls: { mode: 'plaintext' }, tags: [] });
  delete front.fleet.answers.probe;
  const right = await call('PATCH', '/devices/lab-01', { fingerprint256 });
  expect([right.status, right.body['tls']]).toEqual([200, { mode: 'pinned', fingerprint256 }]);
  expect(front.fleet.probes.at(-1)).toMatchObject({ deviceId, tls: { mode: 'pinned', fingerprint256 }, ssh: null });
  const odd = await call('PATCH', '/devices/lab-01', { fingerprint256: 'ab:cd' });
  expect([odd.status, odd.body['code']]).toEqual([422, 'VALIDATION_ERROR']);
});

it('no secret of a rotation shows anywhere, however it is refused', async () => {
  const { front, call } = await asAdmin();
  await addDevice(front.database, 'lab-01');
  const seen: unknown[] = [];
  for (const login of [
    { username: 'convoy', password: SECRET },
    { username: 'convoy', password: [SECRET] },
    { username: 'convoy', passwort: SECRET },
    { username: 'convoy', password: 'x', sshPrivateKey: SECRET },
  ]) {
    seen.push((await call('PUT', '/devices/lab-01/credentials', login)).body);
  }
  expect(seen).toMatchObject([
    { device: { name: 'lab-01' } },
    { code: 'VALIDATION_ERROR' },
    { code: 'UNKNOWN_FIELD' },
    { code: 'VALIDATION_ERROR', message: expect.stringContaining('sshPrivateKey is given without sshPort') as string },
  ]);
  const records = await front.database.audit.list({ limit: 20 });
  expect(records.map(({ action }) => action)).toContain('rotate_device_credentials');
  expect(JSON.stringify([seen, front.log, front.fleet.probes, records])).not.toContain('hunter2');
});

it('a decommissioned device is refused everywhere, has no credentials, and leaves its name to another', async () => {
  const { front, call } = await asAdmin();
  const { deviceId } = await addDevice(front.database, 'lab-01');
  const done = await call('POST', '/devices/lab-01/decommission', { comment: 'replaced' });
  expect([done.status, done.body['status']]).toEqual([200, 'decommissioned']);
  expect(await front.database.credentials.get(deviceId)).toBeNull();
  for (const [method, path, body] of [
    ['GET', '/operations/get_dns_status'],
    ['POST', '/test'],
    ['PUT', '/credentials', { username: 'a', password: 'b' }],
    ['PATCH', '', { tags: [] }],
  ] as const) {
    const refused = await call(method, `/devices/${deviceId}${path}`, body);
    expect([path, refused.status, refused.body['code']]).toEqual([path, 409, 'DEVICE_DECOMMISSIONED']);
  }
  expect((await call('POST', `/devices/${deviceId}/decommission`)).status).toBe(200);
  const registration = { host: '192.0.2.1', environment: 'lab', username: 'a', password: 'b' };
  expect((await call('POST', '/devices', { ...registration, name: 'lab-01' })).status).toBe(201);
  expect((await call('GET', '/devices/lab-01')).body).toMatchObject({ status: 'healthy', host: '192.0.2.1' });
  expect((await call('GET', `/devices/${deviceId}`)).body).toMatchObject({ status: 'decommissioned' });
});

it('a device that an open plan or a running change names is not decommissioned', async () => {
  const { front, call } = await asAdmin();
  const { deviceId } = await addDevice(front.database, 'lab-01');
  const plan = await call('POST', '/plans/dns_ntp', { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] });
  const planId = String(plan.body['planId']);
  const planned = await call('POST', '/devices/lab-01/decommission');
  expect([planned.status, planned.body['code']]).toEqual([409, 'DEVICE_IN_USE']);
  expect(planned.body['details']).toEqual({ deviceId, planIds: [planId] });
  await front.database.plans.patch({ planId, status: 'cancelled' });

  front.fleet.answers.isChanging = (asked) => Promise.resolve(asked === deviceId);
  const running = await call('POST', '/devices/lab-01/decommission');
  expect([running.status, running.body['code']]).toEqual([409, 'DEVICE_IN_USE']);
  expect(await front.database.devices.get(deviceId)).toMatchObject({ status: 'healthy' });
  expect(await front.database.credentials.get(deviceId)).toBe('sealed-for-a-test');
});

it('all of it takes an administrator and is recorded', async () => {
  const { front, call } = await asAdmin();
  await addDevice(front.database, 'lab-01');
  const operator = await front.tokenOf('operator', { scope: 'fleet:read fleet:admin', aud: front.apiUrl });
  for (const [method, path, action] of [
    ['POST', 'test', 'test_device'],
    ['PUT', 'credentials', 'rotate_device_credentials'],
    ['POST', 'decommission', 'decommission_device'],
  ] as const) {
    expect((await callApi(front, operator, method, `/devices/lab-01/${path}`, {})).body['code']).toBe('FORBIDDEN');
    const { body } = await call('GET', `/audit?action=${action}`);
    expect(body['events']).toMatchObject([{ actor: 'operator@convoy.test', outcome: 'refused', code: 'FORBIDDEN' }]);
  }
});

it('an edit that names the version it was made for is refused once that has changed', async () => {
  const { front, call } = await asAdmin();
  await addDevice(front.database, 'lab-01');
  const read = await call('GET', '/devices/lab-01');
  const etag = read.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  const fresh = await fetch(`${front.apiUrl}/devices/lab-01`, {
    headers: { authorization: `Bearer ${await front.tokenOf('viewer')}`, 'if-none-match': `"other", W/${etag}` },
  });
  expect([fresh.status, await fresh.text(), fresh.headers.get('etag')]).toEqual([304, '', etag]);

  const ifMatch = { 'if-match': etag };
  const edited = await call('PATCH', '/devices/lab-01', { tags: ['a'] }, ifMatch);
  expect(edited.status).toBe(200);
  const second = edited.headers.get('etag') ?? '';
  expect(second).not.toBe(etag);
  expect((await call('GET', '/devices/lab-01')).headers.get('etag')).toBe(second);
  for (const [method, path, body] of [
    ['PATCH', '', { tags: ['b'] }],
    ['PUT', '/credentials', { username: 'a', password: 'b' }],
    ['POST', '/decommission', {}],
    ['POST', '/test', {}],
    ['GET', '', undefined],
  ] as const) {
    const stale = await call(method, `/devices/lab-01${path}`, body, ifMatch);
    expect([method, stale.status, stale.body['code']]).toEqual([method, 412, 'PRECONDITION_FAILED']);
  }
  expect((await call('PATCH', '/devices/lab-01', { tags: ['c'] }, { 'if-match': `W/${second}` })).status).toBe(412);
  expect((await call('PATCH', '/devices/lab-01', { tags: ['c'] }, { 'if-match': `"x" , ${second}` })).status).toBe(200);
  expect((await call('PATCH', '/devices/lab-01', { tags: ['d'] }, { 'if-match': '*' })).status).toBe(200);
  expect((await call('PATCH', '/devices/lab-01', { tags: ['e'] })).body).toMatchObject({ tags: ['e'] });
  expect((await call('PATCH', '/devices/lab-01', { tags: ['f'] }, { 'if-match': 'unquoted' })).status).toBe(400);
});

it('of edits at the same time that name one version, one happens', async () => {
  const { front, call } = await asAdmin();
  await addDevice(front.database, 'lab-01');
  const ifMatch = { 'if-match': (await call('GET', '/devices/lab-01')).headers.get('etag') ?? '' };
  const tags = ['a', 'b', 'c', 'd', 'e'];
  const answers = await Promise.all(tags.map((tag) => call('PATCH', '/devices/lab-01', { tags: [tag] }, ifMatch)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412, 412]);
  const winner = tags[answers.findIndex(({ status }) => status === 200)];
  expect((await call('GET', '/devices/lab-01')).body).toMatchObject({ tags: [winner] });
});

it('a version named for what has none is refused before anything is done', async () => {
  const { front, call } = await asAdmin();
  await addDevice(front.database, 'lab-01');
  const plan = { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] };
  expect((await call('POST', '/plans/dns_ntp', plan, { 'if-match': '"abc"' })).status).toBe(412);
  expect(front.fleet.started).toEqual([]);
});
