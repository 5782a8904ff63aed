import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import Koa, { type Context } from 'koa';
import { expect, onTestFinished, test } from 'vitest';
import { createAccessMapping, type AccessFile } from '../../../mcp-server/auth/access-mapping.ts';
import { createCookieSeal } from '../../../mcp-server/gateway/sealed-cookie.ts';
import { createSessions, type Sessions } from '../../../mcp-server/gateway/session.ts';
import { AppError } from '../../../shared/errors/app-error.ts';

const seal = createCookieSeal(['s'.repeat(32)]);

function sessionsAt(approvalUrl: string, rules: AccessFile['rules'] = []): Sessions {
  return createSessions({ seal, mapping: createAccessMapping({ rules }), approvalUrl });
}

/** Lets a piece of code handle one request to a plain HTTP server, with this cookie. */
async function inRequest(handle: (ctx: Context) => void, cookie = ''): Promise<string[]> {
  const app = new Koa();
  app.use((ctx) => {
    handle(ctx);
    ctx.status = 204;
  });
  const answer = app.callback();
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } });
  expect(response.status).toBe(204);
  return response.headers.getSetCookie();
}

test('binds the cookie to host and TLS where people come over https, also when TLS ends before this process', async () => {
  const sessions = sessionsAt('https://approve.example');
  const [cookie] = await inRequest((ctx) => sessions.start(ctx, { sub: 'ada' }, null));
  expect(cookie).toMatch(/^__Host-convoy_gateway=[\w-]+; path=\/; expires=[^;]+; samesite=lax; secure; httponly$/);
  expect(cookie).not.toMatch(/domain=/i);
});

test('remembers the person and forgets the token', async () => {
  const sessions = sessionsAt('http://127.0.0.1:1');
  const claims = { sub: 'ada', email: 'ada@example.net', groups: ['a'], iss: 'i', aud: 'x', nonce: 'n', exp: 1 };
  const [cookie = ''] = await inRequest((ctx) => sessions.start(ctx, claims, 1_700_000_000_000));
  const value = /=([^;]+)/.exec(cookie)?.[1] ?? '';
  expect(seal.open('session', value)).toEqual({
    claims: { sub: 'ada', email: 'ada@example.net', groups: ['a'] },
    startedAtMs: expect.any(Number),
    signedInAtMs: 1_700_000_000_000,
  });
});

test('applies the mapping as it is now to whoever signed in before', async () => {
  const [cookie = ''] = await inRequest((ctx) =>
    sessionsAt('http://h').start(ctx, { sub: 'ada', groups: ['approvers'] }, null),
  );
  const header = cookie.split(';')[0] ?? '';
  const rule: AccessFile['rules'][number] = {
    when: { claim: 'groups', equals: 'approvers' },
    roles: ['approver'],
    devices: { all: true },
  };
  const rolesNow: unknown[] = [];
  for (const rules of [[rule], []]) {
    await inRequest((ctx) => void rolesNow.push(sessionsAt('http://h', rules).sessionOf(ctx)?.person.roles), header);
  }
  expect(rolesNow).toEqual([['approver'], []]);
});

test('holds hundreds of groups, and says so when there are too many', async () => {
  const sessions = sessionsAt('http://h');
  const groups = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `company-department-group-${index}`);
  const [cookie = ''] = await inRequest((ctx) => sessions.start(ctx, { sub: 'ada', groups: groups(500) }, null));
  expect(cookie.length).toBeLessThan(4096);
  let refusal: unknown;
  await inRequest((ctx) => {
    try {
      sessions.start(
        ctx,
        { sub: 'ada', groups: Array.from({ length: 500 }, () => randomBytes(16).toString('hex')) },
        null,
      );
    } catch (error) {
      refusal = error;
    }
  });
  expect(refusal).toBeInstanceOf(AppError);
  expect((refusal as AppError).hint).toContain('fewer claims or groups');
});
