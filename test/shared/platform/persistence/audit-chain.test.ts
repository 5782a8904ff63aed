import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { executeSql, withDatabase } from '../../../../cli/stack/postgres-admin.ts';
import { openDatabase } from '../../../../shared/platform/persistence/database.ts';
import type { AuditStore } from '../../../../shared/platform/persistence/stores/audit-store.ts';
import { migratedDatabase } from '../../../support/database.ts';
import { testStack } from '../../../support/test-stack.ts';
import { openTestDatabase } from './open-test-database.ts';

const ENTRY = { action: 'x', actor: 'olga', outcome: 'ok' as const };

const SWAP = `do $$ begin
  update audit_event set seq = 99 where seq = 2;
  update audit_event set seq = 2 where seq = 3;
  update audit_event set seq = 3 where seq = 99;
end $$`;
const APPENDED = `insert into audit_event (seq, key, at, action, actor, outcome, prev_hash, hash)
  select seq + 1, 'k6', at, action, actor, outcome, hash, '' from audit_event where seq = 5`;

function rehash(seqs: string): string {
  return `update audit_event e set hash = audit_hash(e) where seq in (${seqs})`;
}

/** An audit of so many entries, and a way to change it behind everybody's back. */
async function auditOf(count: number) {
  const database = await openTestDatabase();
  return fill(database.audit, database.url, count);
}

async function fill(audit: AuditStore, url: string, count: number) {
  for (let n = 1; n <= count; n += 1) await audit.append({ ...ENTRY, key: `k${n}`, details: { n } });
  return { audit, url, tamper: (...sql: string[]) => tamper(url, sql) };
}

/** As a superuser, with every trigger off. */
async function tamper(url: string, statements: readonly string[]): Promise<void> {
  const admin = withDatabase(testStack().postgresAdminUrl, new URL(url).pathname.slice(1));
  await executeSql(admin, ['set session_replication_role = replica', ...statements]);
}

test('a chain that nobody touched is whole, also when it is empty', async () => {
  const { audit } = await auditOf(0);
  expect(await audit.verify()).toEqual({ ok: true, entries: 0, through: await audit.head(), isComplete: true });
  for (const key of ['a', 'b', 'a', 'c']) await audit.append({ ...ENTRY, key });
  expect(await audit.verify()).toEqual({
    ok: true,
    entries: 3,
    through: { seq: 3, hash: (await audit.list({ limit: 1 }))[0]?.hash },
    isComplete: true,
  });
});

describe('of a chain of five entries', () => {
  let chain: Awaited<ReturnType<typeof auditOf>>;
  beforeAll(async () => {
    const migrated = await migratedDatabase();
    const database = await openDatabase({ url: migrated.url, poolMax: 2 });
    chain = await fill(database.audit, migrated.url, 5);
    await chain.tamper('create table kept_event as table audit_event', 'create table kept_head as table audit_head');
    return async () => {
      await database.close();
      await migrated.drop();
    };
  });
  afterEach(() =>
    chain.tamper(
      'delete from audit_event',
      'insert into audit_event select * from kept_event',
      'update audit_head head set hash = kept.hash from kept_head kept',
    ),
  );

  test.each([
    ['an edited entry', [`update audit_event set actor = 'mallory' where seq = 3`], 'edited', 3],
    ['edited details', [`update audit_event set details = '{"n": 3}' where seq = 3`], 'edited', 3],
    ['an edited time', [`update audit_event set at = at - interval '1 microsecond' where seq = 2`], 'edited', 2],
    ['a value in another column', [`update audit_event set via = actor, actor = '' where seq = 1`], 'edited', 1],
    ['a removed entry', ['delete from audit_event where seq = 2'], 'removed', 2],
    ['a removed first entry', ['delete from audit_event where seq = 1'], 'removed', 1],
    ['removed last entries', ['delete from audit_event where seq > 3'], 'removed', 4],
    ['an audit that was emptied', ['delete from audit_event'], 'removed', 1],
    ['entries in another order', [SWAP], 'edited', 2],
    ['entries in another order, with hashes that fit', [SWAP, rehash('2, 3')], 'unlinked', 2],
    [
      'an edited entry with a hash that fits',
      [`update audit_event set actor = 'mallory' where seq = 3`, rehash('3')],
      'unlinked',
      4,
    ],
    ['an entry behind the end', [APPENDED, rehash('6')], 'inserted', 6],
    ['another end', [`update audit_head set hash = repeat('a', 64)`], 'head', 5],
  ] as const)('finds %s', async (_, statements, kind, seq) => {
    await chain.tamper(...statements);
    const { ok, firstBreak } = await chain.audit.verify();
    expect(firstBreak).toMatchObject({ kind, seq, message: expect.stringContaining(String(seq)) });
    expect(ok).toBe(false);
  });
});

test('finds a chain that was made anew, by an anchor in the database or one that was noted elsewhere', async () => {
  const { audit, tamper: behindItsBack } = await auditOf(4);
  const noted = await audit.head();
  expect(await audit.anchor(noted)).toBe(true);
  expect(await audit.anchor(noted)).toBe(false);
  await audit.append({ ...ENTRY, key: 'k5' });
  expect(await audit.verify({ anchors: [noted] })).toMatchObject({ ok: true });

  const remake = `do $$ declare e audit_event; before text := repeat('0', 64); begin
    update audit_event set actor = 'mallory' where seq = 2;
    for e in select * from audit_event order by seq loop
      e.prev_hash := before; before := audit_hash(e);
      update audit_event set prev_hash = e.prev_hash, hash = before where seq = e.seq;
    end loop;
    update audit_head set hash = before;
  end $$`;
  await behindItsBack(remake);
  expect(await audit.verify()).toMatchObject({ ok: false, firstBreak: { seq: 4, kind: 'anchor' } });
  await behindItsBack('delete from audit_anchor');
  expect(await audit.verify()).toMatchObject({ ok: true });
  expect(await audit.verify({ anchors: [noted] })).toMatchObject({ firstBreak: { seq: 4, kind: 'anchor' } });
});

test('finds that the end was cut off together with the kept end, by the last anchor', async () => {
  const { audit, tamper: behindItsBack } = await auditOf(5);
  await audit.anchor(await audit.head());
  await behindItsBack(
    'delete from audit_event where seq > 3',
    'update audit_head set seq = 3, hash = (select hash from audit_event where seq = 3)',
  );
  expect(await audit.verify()).toMatchObject({ firstBreak: { seq: 4, kind: 'removed' } });
});

test('begins where it is told to, and stops when its time is up', async () => {
  const { audit, tamper: behindItsBack } = await auditOf(5);
  await behindItsBack(`update audit_event set actor = 'mallory' where seq = 2`);
  expect(await audit.verify({ fromSeq: 4 })).toMatchObject({ ok: true, entries: 2 });
  expect(await audit.verify({ fromSeq: 2 })).toMatchObject({ ok: false, firstBreak: { seq: 2 } });
  await expect(audit.verify({ fromSeq: 9 })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('many writers of several processes make one chain, each entry once', async () => {
  const { url, audit } = await openTestDatabase();
  const writers = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url, poolMax: 2 })));
  for (const writer of writers) onTestFinished(() => writer.close());
  const keys = Array.from({ length: 200 }, (_, index) => `k${index % 150}`);
  const added = await Promise.all(
    keys.map((key, index) => writers[index % writers.length]!.audit.append({ ...ENTRY, key })),
  );
  expect(added.filter(Boolean)).toHaveLength(150);
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 150, through: { seq: 150 } });
});

test('a writer whose transaction fails leaves no gap', async () => {
  const { audit, url } = await auditOf(1);
  const insert = `insert into audit_event (key, at, action, actor, outcome) values ('lost', now(), 'x', 'x', 'ok')`;
  await expect(executeSql(url, [`do $$ begin ${insert}; perform 1 / 0; end $$`])).rejects.toThrow('division by zero');
  await audit.append({ ...ENTRY, key: 'k2' });
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 2 });
});

test('one record that cannot be stored does not keep its neighbours out', async () => {
  const { audit } = await openTestDatabase();
  const answers = await Promise.allSettled([
    audit.append({ ...ENTRY, key: 'first' }),
    audit.append({ ...ENTRY, key: 'bad', at: 'yesterday or so' }),
    audit.append({ ...ENTRY, key: 'good' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 2 });
});
