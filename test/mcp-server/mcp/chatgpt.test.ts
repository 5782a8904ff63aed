import { expect, it } from 'vitest';
import { connectClient, postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const PLAN = { method: 'tools/call', params: { name: 'plan_dns_ntp', arguments: {} } };
const CHATGPT = { 'user-agent': 'openai-mcp/1.0.0' };

interface Listed {
  tools: { name: string; securitySchemes?: unknown; _meta?: Record<string, unknown> }[];
}

function readingToken(front: TestFrontEnd, claims: Record<string, unknown> = {}): Promise<string> {
  return front.tokenOf('operator', { scope: 'fleet:read', ...claims });
}

async function listed(front: TestFrontEnd, token: string, headers?: Record<string, string>): Promise<Listed> {
  const response = await postModern(front, token, { method: 'tools/list' }, headers);
  return ((await response.json()) as { result: Listed }).result;
}

it('is shown with each tool the scope it needs, also of those it has no scope for yet', async () => {
  const front = await startFrontEnd();
  const { tools } = await listed(front, await readingToken(front), CHATGPT);
  const schemes = Object.fromEntries(tools.map((tool) => [tool.name, tool.securitySchemes]));
  expect(schemes).toMatchObject({
    list_devices: [{ type: 'oauth2', scopes: ['fleet:read'] }],
    plan_dns_ntp: [{ type: 'oauth2', scopes: ['fleet:plan'] }],
  });
  for (const tool of tools) expect(tool._meta?.['securitySchemes']).toEqual(tool.securitySchemes);
  // What its person may not do is not shown, whatever may be granted.
  const viewer = await front.tokenOf('viewer', { scope: 'fleet:read' });
  expect((await listed(front, viewer, CHATGPT)).tools.map(({ name }) => name)).not.toContain('plan_dns_ntp');
});

it('is known by the client its token was given to, and by a client of 2025 too', async () => {
  const front = await startFrontEnd();
  const token = await readingToken(front, { client_id: 'https://chatgpt.com/oauth/abc/client.json' });
  const { tools } = (await (await connectClient(front, token)).listTools()) as Listed;
  expect(tools.find(({ name }) => name === 'plan_dns_ntp')?._meta).toMatchObject({
    securitySchemes: [{ type: 'oauth2', scopes: ['fleet:plan'] }],
  });
});

it('others are shown what their scopes allow, and nothing of this', async () => {
  const front = await startFrontEnd();
  const { tools } = await listed(front, await readingToken(front));
  expect(tools.map(({ name }) => name)).not.toContain('plan_dns_ntp');
  expect(JSON.stringify(tools)).not.toContain('securitySchemes');
});

it('is refused by HTTP as everybody, with what is held and what is needed', async () => {
  const front = await startFrontEnd();
  const response = await postModern(front, await readingToken(front), PLAN, CHATGPT);
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([
    403,
    `Bearer error="insufficient_scope", scope="fleet:read fleet:plan", resource_metadata="${front.url}/.well-known/oauth-protected-resource/mcp"`,
  ]);
});

it('where that is set, is refused by the result of the tool, and others still by HTTP', async () => {
  const front = await startFrontEnd({ chatgptChallenge: 'result' });
  const token = await readingToken(front);
  const response = await postModern(front, token, PLAN, CHATGPT);
  expect(response.status).toBe(200);
  const { result } = (await response.json()) as { result: Record<string, unknown> };
  expect(result).toMatchObject({
    isError: true,
    structuredContent: { code: 'INSUFFICIENT_SCOPE' },
    _meta: {
      'mcp/www_authenticate': [
        `Bearer error="insufficient_scope", scope="fleet:read fleet:plan", resource_metadata="${front.url}/.well-known/oauth-protected-resource/mcp"`,
      ],
    },
  });
  expect((await postModern(front, token, PLAN)).status).toBe(403);
});
