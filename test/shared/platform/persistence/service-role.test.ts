import { expect, onTestFinished, test } from 'vitest';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import { migrate, openDatabase } from '../../../../shared/platform/persistence/database.ts';
import { freshDatabase } from '../../../support/database.ts';
import { openTestDatabase } from './open-test-database.ts';

const ENTRY = { key: 'k', action: 'x', actor: 'olga', outcome: 'ok' as const };

test("the role of Convoy's processes can append to the audit, and do nothing else to it", async () => {
  const { audit, url } = await openTestDatabase();
  await audit.append(ENTRY);
  await audit.anchor(await audit.head());
  const statements = [
    `update audit_event set actor = 'nobody'`,
    'delete from audit_event',
    'truncate audit_event',
    'drop table audit_event',
    'alter table audit_event disable trigger all',
    'drop trigger audit_event_chain on audit_event',
    'alter table audit_event alter column actor set default 1',
    `create trigger mine before insert on audit_event for each row execute function chain_audit_event()`,
    'create or replace function chain_audit_event() returns trigger language plpgsql as $$ begin return null; end $$',
    'set session_replication_role = replica',
    `insert into audit_event (seq, key, at, action, actor, outcome) values (1, 'a', now(), 'x', 'x', 'ok')`,
    `insert into audit_event (key, at, action, actor, outcome, prev_hash, hash) values ('a', now(), 'x', 'x', 'ok', '', '')`,
    'update audit_head set seq = 0',
    'delete from audit_head',
    'update audit_anchor set seq = 9',
    'delete from audit_anchor',
    `insert into audit_checkpoint (seq, hash) values (1, '')`,
    'delete from migration',
    'set role convoy_owner',
  ];
  for (const statement of statements) {
    await expect(executeSql(url, [statement]), statement).rejects.toThrow(/permission denied|must be (owner|able)/);
  }
  expect(await audit.list({ limit: 10 })).toMatchObject([{ key: 'k', actor: 'olga' }]);
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 1 });
});

test('a table that shadows the audit in a session of its own changes nothing for the chain', async () => {
  const { audit, url } = await openTestDatabase();
  await executeSql(url, [
    'create temporary table audit_head (id int, seq bigint, hash text)',
    `insert into audit_head values (1, 41, 'forged')`,
    `insert into public.audit_event (key, at, action, actor, outcome) values ('k', now(), 'x', 'x', 'ok')`,
  ]);
  expect(await audit.list({ limit: 10 })).toMatchObject([{ seq: 1 }]);
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 1 });
});

test.each([
  ['a change', `update audit_event set actor = 'nobody'`],
  ['a removal', 'delete from audit_event'],
  ['emptying', 'truncate audit_event'],
  ['another anchor', `update audit_anchor set hash = 'x'`],
  ['removal of an anchor', 'delete from audit_anchor'],
  ['removal of the end', 'delete from audit_head'],
])('refuses %s of the audit to its owner too', async (_, statement) => {
  const { audit, ownerUrl } = await openTestDatabase();
  await audit.append(ENTRY);
  await expect(executeSql(ownerUrl, [statement])).rejects.toThrow('append-only');
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 1 });
});

test('no process starts with a role that could change the audit', async () => {
  const { ownerUrl } = await openTestDatabase();
  await expect(openDatabase({ url: ownerUrl })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining(
      '"convoy_owner" could change the audit (audit_anchor, audit_checkpoint, audit_event',
    ),
  });
});

test('says which role is missing when the one that the processes log in as is not there', async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  await expect(migrate({ url: database.ownerUrl, serviceRole: 'nobody-there' })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining('"nobody-there"'),
  });
});
