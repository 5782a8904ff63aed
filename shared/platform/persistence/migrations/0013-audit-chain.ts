import { Migration } from '@mikro-orm/migrations';

/**
 * Chains the audit: every entry names the hash of the one before it, whoever appends and from whatever process. What is
 * there already is numbered without gaps and chained in its order. `audit-chain.ts` computes the same hashes anew.
 */
export class AuditChain extends Migration {
  override up(): void {
    const statements = [COLUMNS, ...TABLES, HASHING, CHAIN_WHAT_IS_THERE, ...APPENDING, ...APPEND_ONLY, ...INDEXES];
    for (const statement of statements) this.addSql(statement);
  }
}

const COLUMNS = `alter table audit_event
  add column auth_method text null,
  add column roles text null,
  add column tier text null,
  add column environment text null,
  add column arguments_digest text null,
  add column trace_id text null,
  add column prev_hash text null,
  add column hash text null,
  alter column seq drop default`;

const TABLES = [
  'drop sequence audit_event_seq_seq',
  // One row: the end of the chain. It is also the lock under which entries are appended one after the other.
  `create table audit_head (
    id smallint not null primary key,
    seq bigint not null,
    hash text not null
  )`,
  // Ends of the chain that were told to the outside as well, so that a chain made anew does not pass for the old one.
  `create table audit_anchor (
    seq bigint not null primary key,
    hash text not null,
    at timestamptz not null default now()
  )`,
  // Where the chain begins after entries were removed for their age.
  `create table audit_checkpoint (
    seq bigint not null primary key,
    hash text not null,
    at timestamptz not null default now()
  )`,
];

/** In the order of `hashOfEntry` in `audit-chain.ts`. */
const HASHED = [
  'prev_hash',
  'seq::text',
  'key',
  '(extract(epoch from entry.at) * 1000000)::bigint::text',
  'action',
  'actor',
  'actor_email',
  'client_id',
  'via',
  'auth_method',
  'roles',
  'tier',
  'plan_id',
  'device_id',
  'environment',
  'operation',
  'outcome',
  'code',
  'message',
  'arguments::text',
  'arguments_digest',
  'details::text',
  'correlation_id',
  'trace_id',
].map((column) => (column.startsWith('(') ? column : `entry.${column}`));

/** The length before the value: no two entries have the same text, whatever characters their values hold. */
const HASHING = `create function audit_hash(entry audit_event) returns text language plpgsql stable as $$
  begin
    return encode(sha256(convert_to('convoy-audit-1' || E'\\n' || (
      select string_agg(
        case when value is null then '-' else octet_length(convert_to(value, 'UTF8')) || ':' || value end || E'\\n',
        '' order by position)
      from unnest(array[${HASHED.join(', ')}]) with ordinality as hashed(value, position)
    ), 'UTF8')), 'hex');
  end
$$`;

/** A number never grows here, and the numbers below it are done: no step meets a number that is still taken. */
const CHAIN_WHAT_IS_THERE = `do $$
  declare
    entry audit_event;
    old_seq bigint;
    last_seq bigint := 0;
    last_hash text := repeat('0', 64);
  begin
    drop trigger audit_event_append_only on audit_event;
    for entry in select * from audit_event order by seq loop
      old_seq := entry.seq;
      entry.seq := last_seq + 1;
      entry.prev_hash := last_hash;
      entry.hash := audit_hash(entry);
      update audit_event set seq = entry.seq, prev_hash = entry.prev_hash, hash = entry.hash where seq = old_seq;
      last_seq := entry.seq;
      last_hash := entry.hash;
    end loop;
    insert into audit_head (id, seq, hash) values (1, last_seq, last_hash);
  end
$$`;

const APPENDING = [
  'alter table audit_event alter column prev_hash set not null, alter column hash set not null',
  // With the rights of the owner: whoever may append can neither set the end of the chain nor choose a number or hash.
  `create function chain_audit_event() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
  declare
    head audit_head;
  begin
    -- Held until the transaction ends. Each statement from here on sees what those before committed.
    select * into strict head from audit_head for update;
    -- A repeated key is the same entry and must not move the chain on.
    if exists (select from audit_event where key = new.key) then
      return null;
    end if;
    new.seq := head.seq + 1;
    new.prev_hash := head.hash;
    new.hash := audit_hash(new);
    update audit_head set seq = new.seq, hash = new.hash;
    return new;
  end $$`,
  'create trigger audit_event_chain before insert on audit_event for each row execute function chain_audit_event()',
];

const APPEND_ONLY = [
  `create or replace function refuse_audit_change() returns trigger language plpgsql as $$
  begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
  end $$`,
  ...['audit_event', 'audit_anchor', 'audit_checkpoint'].map(
    (table) => `create trigger ${table}_append_only before update or truncate on ${table}
      for each statement execute function refuse_audit_change()`,
  ),
  ...['audit_anchor', 'audit_checkpoint', 'audit_head'].map(
    (table) => `create trigger ${table}_kept before delete on ${table}
      for each statement execute function refuse_audit_change()`,
  ),
  // Entries may go when a checkpoint keeps the hash that the chain continues from. Only the owner writes checkpoints.
  `create function keep_audit_event() returns trigger language plpgsql as $$
  begin
    if old.seq <= coalesce((select max(seq) from audit_checkpoint), 0) then
      return old;
    end if;
    raise exception 'audit_event is append-only: removal of entry % refused', old.seq
      using errcode = 'insufficient_privilege';
  end $$`,
  'create trigger audit_event_kept before delete on audit_event for each row execute function keep_audit_event()',
];

const INDEXES = [
  'create index audit_event_at_index on audit_event (at)',
  'create index audit_event_actor_index on audit_event (actor, seq)',
  'create index audit_event_correlation_index on audit_event (correlation_id)',
  `create index audit_event_open_index on audit_event (at) where outcome = 'requested'`,
];
