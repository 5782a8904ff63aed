import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { postModern } from '../support/mcp-calls.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

const LIST = { method: 'tools/list' };

describe('protected-resource metadata', () => {
  it.each(['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp'])(
    'is public, cacheable and the same at %s',
    async (path) => {
      const front = await startFrontEnd();
      const response = await fetch(`${front.url}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('cache-control')).toBe('public, max-age=3600');
      expect(await response.json()).toEqual({
        resource: front.mcpUrl,
        authorization_servers: [front.issuer.issuer],
        scopes_supported: ['fleet:read', 'fleet:write', 'fleet:plan'],
        bearer_methods_supported: ['header'],
        resource_name: 'Convoy',
        resource_documentation: `${front.url}/docs/change-control`,
      });
      expect((await fetch(`${front.url}/docs/change-control`)).status).toBe(200);
    },
  );
});

describe('without a good token', () => {
  it('a request without credentials learns where to get one', async () => {
    const front = await startFrontEnd();
    const response = await postModern(front, null, LIST);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer scope="fleet:read", resource_metadata="${front.url}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect(await response.json()).toMatchObject({ code: 'UNAUTHORIZED', correlationId: expect.any(String) as string });
  });

  it('a bad token is told so', async () => {
    const front = await startFrontEnd();
    const response = await postModern(front, await front.tokenOf('operator', { aud: 'other' }), LIST);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", scope="fleet:read"/);
  });

  it('GET is 401 without a token and 405 with one', async () => {
    const front = await startFrontEnd();
    expect((await fetch(front.mcpUrl)).status).toBe(401);
    const authorization = `Bearer ${await front.tokenOf('viewer')}`;
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const response = await fetch(front.mcpUrl, { method, headers: { authorization } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it('a malformed header, two headers and a token in the query are 400', async () => {
    const front = await startFrontEnd();
    const basic = await fetch(front.mcpUrl, { headers: { authorization: 'Basic dTpw' } });
    expect(basic.status).toBe(400);
    const query = await fetch(`${front.mcpUrl}?access_token=x`);
    expect(query.status).toBe(400);
    const { hostname, port } = new URL(front.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /mcp HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer a\r\nauthorization: Bearer b\r\nconnection: close\r\n\r\n`,
    );
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer).toContain('The token cannot be read: there is more than one Authorization header.');
  });

  it('is 503 and not 401 while the issuer was never reached', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('operator');
    front.issuer.outage(500);
    const response = await postModern(front, token, LIST);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
  });
});

it('a person nothing is mapped to has no access, and is not sent for another token', async () => {
  const front = await startFrontEnd();
  const token = await front.issuer.token({ sub: 'stranger', email: 'stranger@convoy.test' });
  const response = await postModern(front, token, LIST);
  expect(response.status).toBe(403);
  expect(response.headers.get('www-authenticate')).toBeNull();
  expect(await response.json()).toMatchObject({ code: 'FORBIDDEN' });
});

describe('audiences', () => {
  it('the API takes tokens for MCP, for itself and for the approval gateway; MCP only its own', async () => {
    const front = await startFrontEnd();
    const audiences = [front.mcpUrl, front.apiUrl, front.approvalUrl, `${front.approvalUrl}/`, 'https://other.example'];
    const statuses = [];
    for (const aud of audiences) {
      const token = await front.tokenOf('operator', { aud });
      const api = await fetch(`${front.apiUrl}/devices`, { headers: { authorization: `Bearer ${token}` } });
      statuses.push([api.status, (await postModern(front, token, LIST)).status]);
    }
    expect(statuses).toEqual([
      [200, 200],
      [200, 401],
      [200, 401],
      [200, 401],
      [401, 401],
    ]);
  });
});

it('a token for MCP approves and administers nothing, whatever the identity provider put into it', async () => {
  const front = await startFrontEnd();
  const scope = 'fleet:read fleet:approve fleet:admin';
  const statuses: unknown[] = [];
  for (const aud of [front.mcpUrl, [front.mcpUrl, 'https://other.example'], front.apiUrl, front.approvalUrl]) {
    const authorization = `Bearer ${await front.tokenOf('admin', { aud, scope })}`;
    const init = { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: '{}' };
    const registering = await fetch(`${front.apiUrl}/devices`, init);
    const pausing = await fetch(`${front.apiUrl}/plans/pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC/pause`, init);
    statuses.push([registering.status, pausing.status]);
  }
  expect(statuses).toEqual([
    [403, 403],
    [403, 403],
    [422, 404],
    [422, 404],
  ]);
});

it('records somebody who proved who they are and may do nothing, but not without end', async () => {
  const front = await startFrontEnd();
  const token = await front.issuer.token({ sub: 'stranger', email: 'stranger@convoy.test' });
  const statuses = new Set<number>();
  for (let attempt = 0; attempt < 25; attempt += 1) statuses.add((await postModern(front, token, LIST)).status);
  expect([...statuses]).toEqual([403, 429]);
  const events = await front.database.audit.list({ action: 'access.refused', limit: 50 });
  expect(events.length).toBeLessThan(25);
  expect(events[0]).toMatchObject({
    actor: 'stranger',
    actorEmail: 'stranger@convoy.test',
    via: 'mcp',
    code: 'FORBIDDEN',
    details: { method: 'POST', path: '/mcp' },
  });
});

it("lets only the gateway's tokens say anew what somebody may do", async () => {
  const front = await startFrontEnd();
  const rolesAfter = async (token: string): Promise<unknown> => {
    await fetch(`${front.apiUrl}/devices`, { headers: { authorization: `Bearer ${token}` } });
    return (await front.database.people.get('ada'))?.roles;
  };
  const tokenOf = (claims: Record<string, unknown>) => front.issuer.token({ sub: 'ada', ...claims });
  const north = { email: 'ada@example.net', groups: ['branch-north'] };
  expect(await rolesAfter(await tokenOf(north))).toEqual(['operator']);
  const approver = { email: 'approver@convoy.test', aud: front.approvalUrl };
  expect(await rolesAfter(await tokenOf(approver))).toEqual(['approver']);
  expect(await rolesAfter(await tokenOf({ ...north, name: 'Ada' }))).toEqual(['approver']);
});

it('records who called, for the workflows that look up roles', async () => {
  const front = await startFrontEnd();
  await postModern(front, await front.tokenOf('approver'), LIST);
  expect(await front.database.people.get('approver@convoy.test')).toMatchObject({
    email: 'approver@convoy.test',
    grants: [{ roles: ['approver'], devices: [{ all: true }] }],
    issuer: front.issuer.issuer,
  });
});

it('writes no token to the log', async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('operator');
  await postModern(front, token, LIST);
  await fetch(`${front.mcpUrl}?access_token=${token}`);
  expect(front.log.length).toBeGreaterThan(1);
  expect(JSON.stringify(front.log)).not.toContain(token.slice(0, 40));
});
