import { expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';

const LIMITS = { idleSeconds: 1800, lifeSeconds: 3600 };
const over = { idleSeconds: 1800, lifeSeconds: 0 };
const idle = { idleSeconds: 0, lifeSeconds: 3600 };

test('knows a session until it is ended', async () => {
  const { sessions } = await openTestDatabase();
  await sessions.begin({ hash: 'a', sub: 'olga', limits: LIMITS, keep: 5 });
  expect(await sessions.use('a', LIMITS)).toBe(true);
  expect(await sessions.use('b', LIMITS)).toBe(false);
  await sessions.end('a');
  expect(await sessions.use('a', LIMITS)).toBe(false);
});

test('takes no session that is too old or was not used for too long', async () => {
  const { sessions } = await openTestDatabase();
  await sessions.begin({ hash: 'a', sub: 'olga', limits: LIMITS, keep: 5 });
  expect(await sessions.use('a', over)).toBe(false);
  expect(await sessions.use('a', idle)).toBe(false);
  expect(await sessions.use('a', LIMITS)).toBe(true);
});

test("keeps a person's newest sessions, also when many begin at once", async () => {
  const { sessions } = await openTestDatabase();
  await sessions.begin({ hash: 'other', sub: 'bert', limits: LIMITS, keep: 3 });
  const hashes = Array.from({ length: 8 }, (_, index) => `olga-${index}`);
  await Promise.all(hashes.map((hash) => sessions.begin({ hash, sub: 'olga', limits: LIMITS, keep: 3 })));
  await sessions.begin({ hash: 'last', sub: 'olga', limits: LIMITS, keep: 3 });
  const live = await Promise.all(hashes.map((hash) => sessions.use(hash, LIMITS)));
  expect(live.filter(Boolean)).toHaveLength(2);
  expect(await sessions.use('last', LIMITS)).toBe(true);
  expect(await sessions.use('other', LIMITS)).toBe(true);
  expect(await sessions.endAll('olga')).toBe(3);
  expect(await sessions.use('last', LIMITS)).toBe(false);
  expect(await sessions.use('other', LIMITS)).toBe(true);
});
