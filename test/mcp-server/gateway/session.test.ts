import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import Koa, { type Context } from 'koa';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { AccessFile } from '../../../shared/domain/access-file.ts';
import { createAccessMapping } from '../../../shared/domain/access-mapping.ts';
import { createCookieSeal } from '../../../mcp-server/gateway/sealed-cookie.ts';
import { createSessions, type Sessions } from '../../../mcp-server/gateway/session.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { openDatabase } from '../../../shared/platform/persistence/database.ts';
import type { SessionLimits, SessionStore } from '../../../shared/platform/persistence/stores/session-store.ts';
import { migratedDatabase } from '../../support/database.ts';

const seal = createCookieSeal(['s'.repeat(32)]);

let store: SessionStore;

beforeAll(async () => {
  const migrated = await migratedDatabase();
  const database = await openDatabase({ url: migrated.url, poolMax: 2 });
  store = database.sessions;
  return async () => {
    await database.close();
    await migrated.drop();
  };
}, 60_000);

function sessionsAt(approvalUrl: string, rules: AccessFile['rules'] = [], limits?: SessionLimits): Sessions {
  const mapping = createAccessMapping({ rules });
  return createSessions({ seal, store, mapping, approvalUrl, ...(limits === undefined ? {} : { limits }) });
}

/** Lets a piece of code handle one request to a plain HTTP server, with this cookie. */
async function inRequest(handle: (ctx: Context) => Promise<void>, cookie = ''): Promise<string[]> {
  const app = new Koa();
  app.use(async (ctx) => {
    await handle(ctx);
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
    id: expect.stringMatching(/^[\w-]{43}$/),
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
    await inRequest(async (ctx) => {
      rolesNow.push((await sessionsAt('http://h', rules).sessionOf(ctx))?.person.roles);
    }, header);
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
  await inRequest(async (ctx) => {
    try {
      await sessions.start(
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

/** The `name=value` of a session that was just begun. */
async function begun(sessions: Sessions, cookie = '', claims = { sub: 'ada' }): Promise<string> {
  const [set = ''] = await inRequest((ctx) => sessions.start(ctx, claims, null), cookie);
  return set.split(';')[0] ?? '';
}

async function isLive(sessions: Sessions, cookie: string): Promise<boolean> {
  let session: unknown = null;
  await inRequest(async (ctx) => {
    session = await sessions.sessionOf(ctx);
  }, cookie);
  return session !== null;
}

test('gives a browser that signs in anew another session and ends the one it had', async () => {
  const sessions = sessionsAt('http://127.0.0.1:8081');
  const first = await begun(sessions);
  const second = await begun(sessions, first);
  expect(second).not.toBe(first);
  expect(await isLive(sessions, second)).toBe(true);
  expect(await isLive(sessions, first)).toBe(false);
});

test('ends the oldest session of somebody who signs in at ever more browsers', async () => {
  const sessions = sessionsAt('http://127.0.0.1:8081');
  const cookies: string[] = [];
  for (let browser = 0; browser < 6; browser += 1) cookies.push(await begun(sessions, '', { sub: 'many' }));
  const live = await Promise.all(cookies.map((cookie) => isLive(sessions, cookie)));
  expect(live).toEqual([false, true, true, true, true, true]);
});

test('takes no session that is too old or was left alone for too long', async () => {
  const cookie = await begun(sessionsAt('http://h'));
  expect(await isLive(sessionsAt('http://h'), cookie)).toBe(true);
  expect(await isLive(sessionsAt('http://h', [], { lifeSeconds: 3600, idleSeconds: 0 }), cookie)).toBe(false);
  expect(await isLive(sessionsAt('http://h', [], { lifeSeconds: 0, idleSeconds: 1800 }), cookie)).toBe(false);
});

test('takes none of two sessions: one of them somebody else has planted', async () => {
  const sessions = sessionsAt('http://h');
  const own = await begun(sessions);
  const planted = await begun(sessions, '', { sub: 'mallory' });
  expect(await isLive(sessions, `${planted}; ${own}`)).toBe(false);
  expect(await isLive(sessions, `${own}; ${planted}`)).toBe(false);
});

test('takes no cookie of another name: not the unbound one over https, nor that of another port', async () => {
  const cookie = await begun(sessionsAt('http://127.0.0.1:8081'));
  expect(cookie).toMatch(/^convoy_gateway_8081=/);
  expect(await isLive(sessionsAt('https://approve.example'), cookie)).toBe(false);
  expect(await isLive(sessionsAt('https://approve.example'), cookie.replace('_8081', ''))).toBe(false);
  expect(await isLive(sessionsAt('http://127.0.0.1:8082'), cookie)).toBe(false);
  expect(
    await isLive(sessionsAt('https://approve.example'), cookie.replace('convoy_gateway_8081', '__Host-convoy_gateway')),
  ).toBe(true);
});

test('lets nobody sign others out with a copy of a session that has ended', async () => {
  const sessions = sessionsAt('http://h');
  const old = await begun(sessions, '', { sub: 'olga' });
  const current = await begun(sessions, old, { sub: 'olga' });
  await inRequest((ctx) => sessions.endAll(ctx), old);
  expect(await isLive(sessions, current)).toBe(true);
  await inRequest((ctx) => sessions.endAll(ctx), current);
  expect(await isLive(sessions, current)).toBe(false);
});
