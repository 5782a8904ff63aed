import { decodeProtectedHeader } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { createIssuerKeys, type IssuerKeysOptions } from '../../../mcp-server/auth/issuer-keys.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { startTestIssuer } from '../support/test-issuer.ts';

async function start(options: Partial<IssuerKeysOptions> = {}) {
  const issuer = await startTestIssuer('https://convoy.example/mcp');
  const keys = createIssuerKeys({ issuer: issuer.issuer, ...options });
  onTestFinished(async () => {
    keys.close();
    await issuer.close();
  });
  const find = async (): Promise<unknown> => {
    const header = decodeProtectedHeader(await issuer.token());
    return keys.find({ alg: 'ES256', ...header }, { payload: '', signature: '' });
  };
  return { issuer, keys, find };
}

it('reads the keys once for however many tokens', async () => {
  const { issuer, find } = await start();
  await Promise.all(Array.from({ length: 20 }, find));
  expect(issuer.keyRequests()).toBe(1);
});

it('finds a new key by one reload', async () => {
  let clock = 0;
  const { issuer, find } = await start({ now: () => clock });
  await find();
  await issuer.rotate();
  clock += 31_000;
  await expect(find()).resolves.toBeDefined();
  expect(issuer.keyRequests()).toBe(2);
});

it('lets everybody in who comes with a new key at the same moment', async () => {
  let clock = 0;
  const { issuer, find } = await start({ now: () => clock });
  await find();
  await issuer.rotate();
  clock += 31_000;
  await Promise.all(Array.from({ length: 20 }, () => expect(find()).resolves.toBeDefined()));
  expect(issuer.keyRequests()).toBe(2);
});

it('says what is read and what is not, and how long known keys last', async () => {
  const read: number[] = [];
  const usableMs: number[] = [];
  const { issuer, find } = await start({
    reloadMs: 20,
    onReloaded: (keys) => read.push(keys),
    onReloadFailed: (_, leftMs) => usableMs.push(leftMs),
  });
  await find();
  issuer.outage(500);
  await waitUntil('a failed reload', () => usableMs.length > 0);
  expect(read[0]).toBe(1);
  expect(usableMs[0]).toBeGreaterThan(86_000_000);
});

it('reloads at most once a cooldown for key ids nobody knows', async () => {
  let clock = 0;
  const { issuer, find } = await start({ now: () => clock });
  await find();
  await issuer.rotate({ publish: false });
  clock += 31_000;
  await Promise.all(Array.from({ length: 20 }, () => expect(find()).rejects.toThrow(/no applicable key/)));
  expect(issuer.keyRequests()).toBe(2);
});

it('keeps known keys through an outage of the issuer, for a day', async () => {
  let clock = 0;
  const failures: unknown[] = [];
  const { issuer, find } = await start({
    now: () => clock,
    reloadMs: 20,
    onReloadFailed: (error) => failures.push(error),
  });
  await find();
  issuer.outage(500);
  await waitUntil('a failed reload', () => failures.length > 0);
  clock += 3_600_000;
  await expect(find()).resolves.toBeDefined();
  clock += 86_400_000;
  await expect(find()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503 });
});

it('is not ready, and no token is wrong, while the issuer was never reached', async () => {
  const { issuer, keys, find } = await start();
  issuer.outage(503);
  await expect(keys.ready()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect(find()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
});

it('forgets a withdrawn key at the next background reload', async () => {
  const { issuer, keys } = await start({ reloadMs: 20 });
  const header = decodeProtectedHeader(await issuer.token());
  const findOld = async () => keys.find({ alg: 'ES256', ...header }, { payload: '', signature: '' });
  await findOld();
  await issuer.rotate({ keepOld: false });
  await waitUntil('the old key to be gone', () =>
    findOld().then(
      () => false,
      () => true,
    ),
  );
});
