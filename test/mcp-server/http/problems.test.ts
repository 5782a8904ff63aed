import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const PLAN = '/api/v1/plans/dns_ntp';

interface Ask {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

async function ask(front: TestFrontEnd, token: string | null, { method, path, headers, body }: Ask): Promise<Response> {
  return fetch(`${front.url}${path}`, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const DEEP = '['.repeat(100_000) + ']'.repeat(100_000);

const CASES: Record<string, Ask & { status: number; code: string; header?: [string, RegExp] }> = {
  'a path that is none': { method: 'GET', path: '/api/v1/nothing', status: 404, code: 'NOT_FOUND' },
  'a path outside of the API': { method: 'GET', path: '/elsewhere', status: 404, code: 'NOT_FOUND' },
  'a method a path does not have': {
    method: 'DELETE',
    path: '/api/v1/devices/lab-01',
    status: 405,
    code: 'VALIDATION_ERROR',
    header: ['allow', /GET.*PATCH|PATCH.*GET/],
  },
  'a method nobody has': { method: 'PROPFIND', path: '/api/v1/devices', status: 501, code: 'VALIDATION_ERROR' },
  'an answer of a kind that is not given': {
    method: 'GET',
    path: '/api/v1/devices',
    headers: { accept: 'text/html' },
    status: 406,
    code: 'VALIDATION_ERROR',
  },
  'a device that is not there': { method: 'GET', path: '/api/v1/devices/x', status: 404, code: 'DEVICE_NOT_FOUND' },
  'a body of another kind': {
    method: 'POST',
    path: PLAN,
    headers: { 'content-type': 'text/plain' },
    body: '{}',
    status: 415,
    code: 'VALIDATION_ERROR',
  },
  'a body that is no JSON': {
    method: 'POST',
    path: PLAN,
    headers: JSON_TYPE,
    body: '{',
    status: 400,
    code: 'VALIDATION_ERROR',
  },
  'a body that is too large': {
    method: 'POST',
    path: PLAN,
    headers: JSON_TYPE,
    body: `{"comment":"${'x'.repeat(1024 * 1024)}"}`,
    status: 413,
    code: 'VALIDATION_ERROR',
  },
  'a field that is none': {
    method: 'POST',
    path: PLAN,
    headers: JSON_TYPE,
    body: '{"colour":1}',
    status: 422,
    code: 'UNKNOWN_FIELD',
  },
  'a version that has passed': {
    method: 'PATCH',
    path: '/api/v1/devices/lab-01',
    headers: { ...JSON_TYPE, 'if-match': '"old"' },
    body: '{"tags":[]}',
    status: 412,
    code: 'PRECONDITION_FAILED',
  },
  'a header that cannot be read': {
    method: 'PATCH',
    path: '/api/v1/devices/lab-01',
    headers: { ...JSON_TYPE, 'if-match': 'old' },
    body: '{"tags":[]}',
    status: 400,
    code: 'VALIDATION_ERROR',
  },
  'a name in use': {
    method: 'POST',
    path: '/api/v1/devices',
    headers: JSON_TYPE,
    body: '{"name":"lab-01","host":"192.0.2.1","environment":"lab","username":"a","password":"b"}',
    status: 409,
    code: 'DEVICE_EXISTS',
  },
  'a token in the address': {
    method: 'GET',
    path: '/api/v1/devices?access_token=x',
    status: 400,
    code: 'VALIDATION_ERROR',
  },
};

it('every refusal is a problem document with the same fields, status and code of its own', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const token = await front.tokenOf('admin', { scope: 'fleet:read fleet:plan fleet:admin', aud: front.apiUrl });
  for (const [name, { status, code, header, ...asked }] of Object.entries(CASES)) {
    const response = await ask(front, token, asked);
    const body = (await response.json()) as Record<string, unknown>;
    expect([name, response.status, body['code']]).toEqual([name, status, code]);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      type: `urn:convoy:problem:${code}`,
      title: expect.any(String) as string,
      status,
      detail: body['message'],
      retryable: false,
      correlationId: response.headers.get('x-correlation-id'),
    });
    if (header !== undefined) expect(response.headers.get(header[0])).toMatch(header[1]);
  }
  const deep = await ask(front, token, {
    method: 'POST',
    path: PLAN,
    headers: JSON_TYPE,
    body: `{"deviceIds":${DEEP}}`,
  });
  expect(deep.status).toBeGreaterThanOrEqual(400);
  expect(deep.status).toBeLessThan(500);

  const none = await ask(front, null, { method: 'GET', path: '/api/v1/devices' });
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('Bearer') as string,
  ]);
});

it('HEAD answers as GET without a body, OPTIONS says what is possible', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const token = await front.tokenOf('viewer');
  const path = '/api/v1/devices/lab-01';
  const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => ask(front, token, { method, path })));
  expect([head?.status, await head?.text()]).toEqual([200, '']);
  for (const name of ['etag', 'content-type', 'content-length']) {
    expect(head?.headers.get(name)).toBe(get?.headers.get(name));
  }
  const options = await ask(front, null, { method: 'OPTIONS', path });
  expect([options.status, await options.text()]).toEqual([200, '']);
  expect(
    options.headers
      .get('allow')
      ?.split(', ')
      .toSorted((a, b) => (a < b ? -1 : 1)),
  ).toEqual(['GET', 'HEAD', 'PATCH']);
  expect((await ask(front, null, { method: 'HEAD', path })).status).toBe(401);
  expect((await ask(front, null, { method: 'HEAD', path: '/api/v1/openapi.json' })).status).toBe(200);
});

it('too many calls are refused with the time after which to come back', async () => {
  const front = await startFrontEnd({ rateLimit: { perSecond: 0.01, burst: 1 } });
  const token = await front.tokenOf('viewer');
  expect((await ask(front, token, { method: 'GET', path: '/api/v1/devices' })).status).toBe(200);
  const refused = await ask(front, token, { method: 'GET', path: '/api/v1/devices' });
  expect([refused.status, Number(refused.headers.get('retry-after')) >= 1]).toEqual([429, true]);
  expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
});

it('what is no HTTP is answered, and the connection closed', async () => {
  const front = await startFrontEnd();
  const socket = connect(Number(new URL(front.url).port), '127.0.0.1');
  socket.write('NONSENSE\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
});
