import { expect, test } from 'vitest';
import { executeSql, withDatabase } from '../../../../cli/stack/postgres-admin.ts';
import { pruneAudit } from '../../../../shared/platform/persistence/prune-audit.ts';
import { testStack } from '../../../support/test-stack.ts';
import { openTestDatabase } from './open-test-database.ts';

const DAY_MS = 86_400_000;
const WHO = { actor: 'root@db', comment: 'retention' };

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * DAY_MS);
}

async function auditOfAges(...ages: number[]) {
  const database = await openTestDatabase();
  for (const [n, age] of ages.entries()) {
    const at = daysAgo(age).toISOString();
    await database.audit.append({ key: `k${n + 1}`, at, action: 'x', actor: 'olga', outcome: 'ok' });
  }
  return database;
}

test('removes the oldest entries, records that, and leaves a chain that still verifies', async () => {
  const { audit, ownerUrl } = await auditOfAges(900, 800, 500, 450, 10, 5);
  const noted = (await audit.list({ limit: 10 })).find(({ seq }) => seq === 3)!;
  await audit.anchor({ seq: 3, hash: noted.hash });
  const pruned = await pruneAudit({ ownerUrl, before: daysAgo(400), ...WHO });
  expect(pruned).toMatchObject({ removed: 4, through: { seq: 4 } });
  expect((await audit.list({ limit: 10 })).map(({ seq, action }) => [seq, action])).toEqual([
    [7, 'audit.prune'],
    [6, 'x'],
    [5, 'x'],
  ]);
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 3, through: { seq: 7 } });
  expect(await audit.verify({ anchors: [pruned.through!] })).toMatchObject({ ok: true });
  expect(await audit.verify({ anchors: [{ seq: 4, hash: 'f'.repeat(64) }] })).toMatchObject({
    firstBreak: { seq: 4, kind: 'anchor' },
  });
});

test('keeps an old entry that stands behind a young one, so that the chain stays one', async () => {
  const { audit, ownerUrl } = await auditOfAges(900, 10, 800);
  expect(await pruneAudit({ ownerUrl, before: daysAgo(400), ...WHO })).toMatchObject({ removed: 1 });
  expect(await pruneAudit({ ownerUrl, before: daysAgo(400), ...WHO })).toEqual({ removed: 0, through: null });
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 3 });
});

test('refuses what is younger than entries are kept, and to a role that is not the owner', async () => {
  const { audit, ownerUrl, url } = await auditOfAges(900);
  await expect(pruneAudit({ ownerUrl, before: daysAgo(300), ...WHO })).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    message: expect.stringContaining('less than 365 days'),
  });
  await expect(pruneAudit({ ownerUrl: url, before: daysAgo(400), ...WHO })).rejects.toMatchObject({
    code: 'INTERNAL_ERROR',
  });
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 1 });
});

test('finds entries that were removed behind a checkpoint of which no entry tells', async () => {
  const { audit, url } = await auditOfAges(30, 20, 10);
  const admin = withDatabase(testStack().postgresAdminUrl, new URL(url).pathname.slice(1));
  await executeSql(admin, [
    'insert into audit_checkpoint (seq, hash) select seq, hash from audit_event where seq = 2',
    'delete from audit_event where seq <= 2',
  ]);
  expect(await audit.verify()).toMatchObject({ ok: false, firstBreak: { seq: 2, kind: 'checkpoint' } });
});
