import { expect, it } from 'vitest';
import { tokenHash } from '../../../mcp-server/auth/bearer-token.ts';
import { createRevocations } from '../../../mcp-server/auth/revocations.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const LIST = { method: 'tools/list' };

async function administer(front: TestFrontEnd, path: string, body?: Record<string, unknown>): Promise<Response> {
  const scope = 'fleet:read fleet:admin';
  const authorization = `Bearer ${await front.tokenOf('admin', { aud: front.apiUrl, scope })}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  return fetch(`${front.apiUrl}/access/revocations${path}`, init);
}

const user = (subject: string) => ({ kind: 'user', subject, comment: 'left the company' });

it('a person who is revoked is refused at once, until that is taken back', async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('operator');
  expect((await postModern(front, token, LIST)).status).toBe(200);
  expect((await administer(front, '', user('Operator@convoy.test'))).status).toBe(200);
  const response = await postModern(front, token, LIST);
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([403, null]);
  const fresh = await postModern(front, await front.tokenOf('operator', { jti: 'new' }), LIST);
  expect(fresh.status).toBe(403);
  // Whoever looks up the person's roles, such as the workflow that counts a vote, finds none.
  expect(await front.database.people.get('operator@convoy.test')).toMatchObject({ roles: [], grants: [] });
  expect((await postModern(front, await front.tokenOf('viewer'), LIST)).status).toBe(200);
  expect((await administer(front, '/restore', user('operator@convoy.test'))).status).toBe(200);
  expect((await postModern(front, token, LIST)).status).toBe(200);
  expect((await administer(front, '/restore', user('operator@convoy.test'))).status).toBe(404);
});

it('one token is refused by its id or its hash, and the person gets another', async () => {
  const front = await startFrontEnd();
  const [byId, byHash, other] = await Promise.all(
    ['one', 'two', 'three'].map((jti) => front.tokenOf('operator', { jti })),
  );
  for (const subject of ['one', tokenHash(byHash!)]) {
    expect((await administer(front, '', { kind: 'token', subject })).status).toBe(200);
  }
  const statuses = await Promise.all(
    [byId, byHash, other].map(async (token) => (await postModern(front, token!, LIST)).status),
  );
  expect(statuses).toEqual([401, 401, 200]);
});

it('is known to the other web processes, and ends streams there', async () => {
  const here = await startFrontEnd();
  const there = await startFrontEnd({ beside: here });
  const token = await there.tokenOf('operator');
  const listening = await postModern(there, token, {
    method: 'subscriptions/listen',
    params: { notifications: { resourceSubscriptions: ['fleet://summary'] } },
  });
  expect(listening.status).toBe(200);
  await administer(here, '', user('operator@convoy.test'));
  await waitUntil('the other process to know', async () => (await postModern(there, token, LIST)).status === 403);
  // Resolves when the stream ends.
  await listening.text();
});

it('is recorded, listed, and not for oneself or anybody who is no administrator', async () => {
  const front = await startFrontEnd();
  await administer(front, '', user('eve'));
  expect(await (await administer(front, '')).json()).toMatchObject({
    revocations: [{ kind: 'user', subject: 'eve', comment: 'left the company', revokedBy: 'admin@convoy.test' }],
  });
  const events = await front.database.audit.list({ action: 'revoke_access', limit: 10 });
  expect(events[0]).toMatchObject({ actor: 'admin@convoy.test', outcome: 'ok' });
  expect((await administer(front, '', user('admin@convoy.test'))).status).toBe(422);
  const authorization = `Bearer ${await front.tokenOf('operator', { aud: front.apiUrl, scope: 'fleet:admin' })}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(user('eve')) };
  expect((await fetch(`${front.apiUrl}/access/revocations`, init)).status).toBe(403);
});

it('a list that cannot be read lets nobody in, after a while', async () => {
  let clock = 0;
  let isDown = false;
  const answer = async <T>(value: T): Promise<T> => {
    if (isDown) throw new Error('down');
    return value;
  };
  const store = { list: () => answer([]), mark: () => answer('') };
  const revocations = createRevocations({ store, now: () => clock, everyMs: 3_600_000 });
  const token = { hash: 'h', tokenId: undefined };
  await revocations.refuseToken(token);
  isDown = true;
  clock += 29_000;
  await revocations.refuseToken(token);
  clock += 2_000;
  await expect(revocations.refuseToken(token)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503 });
  expect(() => revocations.isRevoked({ sub: 'olga', email: undefined })).toThrow(/cannot be told/);
  revocations.close();
});

it('a known list serves reads for longer where the deployment wants it, and nothing else', async () => {
  let clock = 0;
  let isDown = false;
  const answer = async <T>(value: T): Promise<T> => {
    if (isDown) throw new Error('down');
    return value;
  };
  const revoked = { kind: 'user', subject: 'eve' } as const;
  const store = { list: () => answer([revoked as never]), mark: () => answer('1') };
  const revocations = createRevocations({ store, now: () => clock, everyMs: 3_600_000, readsMs: 900_000 });
  const token = { hash: 'h', tokenId: undefined };
  await revocations.refuseToken(token);
  isDown = true;
  clock += 899_000;
  await revocations.refuseToken(token);
  // Nobody who was revoked is forgotten.
  expect(revocations.isRevoked({ sub: 'eve', email: undefined })).toBe(true);
  await expect(revocations.demandFresh()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  clock += 2_000;
  await expect(revocations.refuseToken(token)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  isDown = false;
  await revocations.demandFresh();
  await revocations.refuseToken(token);
  revocations.close();
});
