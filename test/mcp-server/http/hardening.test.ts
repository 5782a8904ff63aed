import { expect, test } from 'vitest';
import { createCatalogue } from '../../../mcp-server/call/catalogue.ts';
import { routesOf } from '../../../mcp-server/http/routes.ts';
import { declaredActions } from '../../../scripts/reference/declared-actions.ts';
import { rawRequest, statusesIn } from '../gateway/support/raw-request.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const hostOf = ({ url }: TestFrontEnd): string => new URL(url).host;

test('every answer says that nobody may frame, sniff, keep or read it', async () => {
  const web = await startFrontEnd();
  const authorization = `Bearer ${await web.tokenOf('viewer')}`;
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${web.url}${path}`, init);
  const initialize = {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  };
  const answers: [string, number, Response][] = [
    ['the front page', 200, await ask('/')],
    ['a probe', 200, await ask('/healthz')],
    ['the description of the API', 200, await ask('/api/v1/openapi.json')],
    ['data', 200, await ask('/api/v1/devices', { headers: { authorization } })],
    ['what needs a token', 401, await ask('/api/v1/devices')],
    ['what does not exist', 404, await ask('/nothing/here')],
    ['a wrong method', 405, await ask('/api/v1/devices', { method: 'DELETE', headers: { authorization } })],
    ['a foreign origin', 403, await ask('/', { headers: { origin: 'https://evil.example' } })],
    ['a strange path', 400, await ask('/a/..;/b')],
    ['a tool’s list', 200, await ask('/mcp', initialize)],
    ['no token for tools', 401, await ask('/mcp', { method: 'POST' })],
  ];
  for (const [what, status, { status: given, headers }] of answers) {
    expect([what, given]).toEqual([what, status]);
    expect([what, headers.get('content-security-policy')]).toEqual([
      what,
      expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
    ]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-correlation-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    // Streams come from the protocol's library, which says it so.
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.getSetCookie()).toEqual([]);
  }
});

test('nothing is changed by what may be asked for with GET', async () => {
  const web = await startFrontEnd();
  const routes = routesOf(createCatalogue(declaredActions(), 4));
  const writing = routes.filter(({ method }) => method !== 'GET');
  expect(routes.filter(({ method, action }) => method === 'GET' && !action.hints.readOnly)).toEqual([]);
  expect(writing.length).toBeGreaterThan(20);
  const authorization = `Bearer ${await web.tokenOf('admin')}`;
  for (const { path } of writing) {
    if (routes.some((other) => other.method === 'GET' && other.path === path)) continue;
    const answer = await fetch(`${web.apiUrl}${path.replaceAll(/:\w+/g, 'x')}`, {
      headers: { authorization, 'x-http-method-override': 'POST' },
    });
    expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
  }
  const { changes, started } = web.fleet;
  expect([changes, started]).toEqual([[], []]);
});

test.each([
  ['a foreign page', 'https://evil.example', 403],
  ['a page that hides where it is from', 'null', 403],
  ['a page whose name begins like ours', 'http://127.0.0.1.evil.example', 403],
  ['a page with a strange origin', 'http://[::1', 403],
  ['a page of this machine', 'http://localhost:6274', 200],
])('%s is answered at /mcp with %s as it should be', async (_who, origin, status) => {
  const web = await startFrontEnd();
  const answer = await fetch(web.mcpUrl, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await web.tokenOf('viewer')}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      origin,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  expect(answer.status).toBe(status);
});

test('what two programs could read differently is refused before anybody looks at a token', async () => {
  const web = await startFrontEnd();
  const host = hostOf(web);
  const head = (line: string, ...headers: string[]): string =>
    [`${line} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''].join('\r\n');
  const requests: [string, number, string][] = [
    ['an address of another host', 400, head('GET http://evil.example/api/v1/devices')],
    ['two slashes in front', 400, head('GET //api/v1/devices')],
    ['a path that climbs', 400, head('GET /api/v1/../../mcp')],
    ['a fragment', 400, head('GET /api/v1/devices#x')],
    ['two hosts', 400, head('GET /', 'Host: evil.example')],
    ['two types', 400, head('POST /mcp', 'Content-Type: a/b', 'Content-Type: application/json', 'Content-Length: 0')],
    ['two tokens', 400, head('GET /api/v1/devices', 'Authorization: Bearer a', 'Authorization: Bearer b')],
    ['a foreign name', 403, head('GET /').replace(host, 'rebound.example')],
    ['no name', 400, 'GET / HTTP/1.1\r\n\r\n'],
    ['an old protocol without a name', 403, 'GET / HTTP/1.0\r\n\r\n'],
    ['too many headers', 431, head('GET /', ...Array.from({ length: 101 }, (_, index) => `X-${index}: 1`))],
    ['too large a header', 431, head('GET /', `X-A: ${'a'.repeat(17_000)}`)],
    ['a length and chunks', 400, `${head('POST /mcp', 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
  ];
  for (const [what, status, request] of requests) {
    expect([what, statusesIn(await rawRequest(web.url, request))[0]]).toEqual([what, status]);
  }
});

test('a client’s own id for a request is taken only when it can stand in a log', async () => {
  const web = await startFrontEnd();
  const ask = async (id: string): Promise<string | null> =>
    (await fetch(`${web.url}/healthz`, { headers: { 'x-correlation-id': id } })).headers.get('x-correlation-id');
  expect(await ask('trace-01.example_A')).toBe('trace-01.example_A');
  for (const id of ['short', 'x'.repeat(65), 'with space here', '{"level":60}', '%0d%0alevel', 'ünïcodeünïcode']) {
    expect(await ask(id)).toMatch(/^[0-9a-f]{32}$/);
  }
  // A line break cannot be sent in a header; one in code stays one line of the log.
  await fetch(`${web.url}/%0a%7B%22level%22:60%7D`);
  const answered = web.log.filter(({ msg }) => msg === 'request answered');
  expect(answered.at(-1)).toMatchObject({ path: '/%0a%7B%22level%22:60%7D', status: 404 });
  expect(web.log.map(({ level }) => level)).not.toContain(60);
});

test('an address that proves nobody again and again is told to wait; whoever proves who they are is not', async () => {
  const web = await startFrontEnd({ unprovenLimit: { perSecond: 0.01, burst: 3 }, trustedProxies: ['127.0.0.1/32'] });
  const ask = async (address: string, token = 'forged.forged.forged'): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': `203.0.113.9, ${address}` };
    return (await fetch(`${web.apiUrl}/devices`, { headers })).status;
  };
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 5; attempt += 1) statuses.push(await ask('192.0.2.1'));
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  expect(await ask('192.0.2.1', await web.tokenOf('viewer'))).toBe(200);
  expect(await ask('192.0.2.2')).toBe(401);
});
