import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpBrowser } from '../mcp-server/gateway/support/http-browser.ts';
import { rawRequest, statusesIn } from '../mcp-server/gateway/support/raw-request.ts';
import type { RunningGateway } from '../mcp-server/gateway/support/start-gateway.ts';
import { workflowUrlAt } from '../mcp-server/gateway/support/ui-requests.ts';
import { cookieOf, PLAN, startAttackedGateway, type AttackedGateway } from './support/attacked-gateway.ts';

let namespace: string;
let gateway: RunningGateway;
let admin: HttpBrowser;
let events: AttackedGateway['events'];
let close: AttackedGateway['close'];

beforeAll(async () => {
  ({ namespace, gateway, admin, events, close } = await startAttackedGateway());
}, 120_000);

afterAll(() => close?.());

const host = (): string => new URL(gateway.url).host;

describe('what one program would read otherwise than the next', () => {
  const reading = (): string => `/api/v1/namespaces/${namespace}`;
  const terminate = (): string => `/api/v1/namespaces/${namespace}/workflows/plan%2F${PLAN}/terminate`;
  const head = (line: string, ...headers: string[]): string =>
    [
      `${line} HTTP/1.1`,
      `Host: ${host()}`,
      `Cookie: ${cookieOf(admin)}`,
      `Origin: ${gateway.url}`,
      ...headers,
      '',
      '',
    ].join('\r\n');

  test.each<[string, number, () => string]>([
    ['an address of another host', 400, () => head(`GET http://evil.example${reading()}`)],
    [
      'an address of another host in a write',
      400,
      () => head(`POST http://${host()}${terminate()}`, 'Content-Length: 0'),
    ],
    ['a path that begins with two slashes', 400, () => head(`GET /${reading()}`)],
    ['a path that climbs', 400, () => head(`GET /_app/../api/v1/settings`)],
    ['a path that climbs in code', 400, () => head(`GET /_app/%2E%2e/api/v1/settings`)],
    ['a path that climbs with a parameter', 400, () => head(`GET /_app/..;/api/v1/settings`)],
    ['a backslash', 400, () => head(`GET /api\\v1\\settings`)],
    ['two hosts', 400, () => head(`GET ${reading()}`, 'Host: evil.example')],
    ['two origins', 400, () => head(`POST ${terminate()}`, 'Origin: https://evil.example', 'Content-Length: 0')],
    ['a foreign host', 403, () => head(`GET ${reading()}`).replace(`Host: ${host()}`, 'Host: evil.example')],
    ['two lengths', 400, () => `${head(`POST ${terminate()}`, 'Content-Length: 2', 'Content-Length: 3')}{}x`],
    [
      'a length and chunks',
      400,
      () => `${head(`POST ${terminate()}`, 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    ],
    ['chunks spelled strangely', 400, () => `${head(`POST ${terminate()}`, 'Transfer-Encoding: xchunked')}0\r\n\r\n`],
    ['a line folded', 400, () => head(`GET ${reading()}`, 'X-A: 1\r\n Host: evil.example')],
    ['a space before the colon', 400, () => head(`GET ${reading()}`, 'Authorization : Bearer x')],
    [
      'more headers than anybody needs',
      431,
      () => head(`GET ${reading()}`, ...Array.from({ length: 120 }, (_, i) => `X-${i}: 1`)),
    ],
    ['larger headers than anybody needs', 431, () => head(`GET ${reading()}`, `X-A: ${'a'.repeat(20_000)}`)],
    [
      'an upper-case spelling of a write',
      403,
      () => head(`POST ${terminate().replace('/api', '/API')}`, 'Content-Length: 0'),
    ],
    ['a doubly encoded separator', 403, () => head(`POST ${terminate().replace('%2F', '%252F')}`, 'Content-Length: 0')],
    ['a path parameter', 403, () => head(`POST ${terminate()};x=/query/y`, 'Content-Length: 0')],
    ['a trailing dot', 403, () => head(`POST ${terminate()}.`, 'Content-Length: 0')],
    [
      'a write that ends like a query',
      403,
      () => head(`POST ${terminate().replace('/terminate', '/signal/query/approve')}`, 'Content-Length: 0'),
    ],
    [
      'a method in a header',
      403,
      () => head(`POST ${terminate()}`, 'X-HTTP-Method-Override: GET', 'Content-Length: 0'),
    ],
    ['a method nobody knows', 400, () => head(`TERMINATE ${terminate()}`)],
  ])('is refused: %s', async (_what, status, request) => {
    const before = await events();
    const [first] = statusesIn(await rawRequest(gateway.url, request()));
    expect(first).toBe(status);
    expect(await events()).toBe(before);
  });

  test('old HTTP without a host is refused', async () => {
    const answer = await rawRequest(gateway.url, `GET ${reading()} HTTP/1.0\r\nCookie: ${cookieOf(admin)}\r\n\r\n`);
    expect(answer).toContain(' 403 ');
  });

  test('a request hidden in the body of another is no request', async () => {
    const hidden = head(`POST ${terminate()}`, 'Content-Length: 0');
    const answer = await rawRequest(
      gateway.url,
      `${head(`GET ${reading()}`, `Content-Length: ${hidden.length}`)}${hidden}`,
    );
    expect(statusesIn(answer)).toEqual([200]);
  });

  test('a change of protocol is not made, and what follows it is no request', async () => {
    const before = await events();
    const upgrade = head(`GET ${reading()}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13');
    const answer = await rawRequest(gateway.url, upgrade);
    expect(statusesIn(answer)[0]).toBe(200);
    const http2 = await rawRequest(gateway.url, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(http2).not.toContain(' 200 ');
    expect(await events()).toBe(before);
  });

  test.each<[string, string[]]>([
    ['a token', ['Authorization: Bearer forged']],
    ['a second token', ['Authorization-Extras: forged', 'X-Auth-Request-Access-Token: forged']],
    [
      'metadata of the call behind',
      ['Grpc-Metadata-Authorization: Bearer forged', 'Grpc-Metadata-Temporal-Principal-Name: x'],
    ],
    ['another namespace', ['X-Namespace: temporal-system', 'Temporal-Namespace: temporal-system']],
    [
      'another sender',
      ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-User: svc-admin', 'Forwarded: for=127.0.0.1', 'X-Real-IP: ::1'],
    ],
    ['a list of headers to leave out', ['Connection: authorization, cookie, close', 'Authorization: Bearer forged']],
    [
      'another address',
      ['X-Original-URL: /api/v1/namespaces/temporal-system', 'X-Rewrite-URL: /x', 'X-HTTP-Method-Override: DELETE'],
    ],
  ])('headers do not change who asks or for what: %s', async (_what, headers) => {
    const answer = await rawRequest(gateway.url, head(`GET ${reading()}`, ...headers));
    expect(statusesIn(answer)).toEqual([200]);
    expect(answer).toContain(namespace);
  });

  test.each([
    ['names another workflow', { execution: { workflowId: 'lane/other' }, query: { queryType: '__stack_trace' } }],
    ['names another namespace', { namespace: 'temporal-system', query: { queryType: '__stack_trace' } }],
  ])('a query whose body %s asks the one its address names', async (_what, body) => {
    const elsewhere = workflowUrlAt(gateway.url, namespace, 'pln_01JDXVBM0Q8Z7K4N2T6R9WYFHD', 'query/__stack_trace');
    const answer = await admin.post(elsewhere, body);
    expect(answer.status).toBe(404);
  });
});
