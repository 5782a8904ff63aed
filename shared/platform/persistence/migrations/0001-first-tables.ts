import { Migration } from '@mikro-orm/migrations';

/** Registry, lanes, plans, people and the audit. */
export class FirstTables extends Migration {
  override up(): void {
    for (const statement of [...REGISTRY, ...PLANS, PEOPLE, ...AUDIT]) this.addSql(statement);
  }
}

const REGISTRY = [
  `create table device (
    device_id text not null primary key,
    name text collate "C" not null constraint device_name_unique unique,
    host text not null,
    rest_port int not null,
    environment text not null,
    tags text[] not null,
    flags jsonb not null,
    status text not null,
    tls jsonb not null,
    lane jsonb not null,
    identity text null,
    model text null,
    version text null,
    serial_number text null,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  'create index device_environment_index on device (environment)',
  'create index device_tags_index on device using gin (tags)',
  `create table device_credential (
    device_id text not null primary key references device,
    sealed text not null,
    updated_at timestamptz not null
  )`,
  `create table device_lane (
    device_id text not null primary key references device,
    epoch bigint not null,
    owner text not null,
    taken_at timestamptz not null
  )`,
];

const PLANS = [
  `create table plan (
    plan_id text collate "C" not null primary key,
    kind text not null,
    input json not null,
    environment text not null,
    rollout jsonb not null,
    requested_by text not null,
    requested_by_name text not null,
    comment text not null,
    status text not null,
    status_reason text null,
    digest text null,
    risk text null,
    risk_reasons json null,
    approvals_needed int null,
    approvals json not null,
    refused_decisions json not null,
    revision bigint not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  'create index plan_status_index on plan (status, plan_id)',
  'create index plan_requested_by_index on plan (requested_by, plan_id)',
  `create table plan_device (
    plan_id text collate "C" not null references plan,
    device_id text not null references device,
    position int not null,
    name text not null,
    status text not null,
    wave int not null,
    captured json null,
    steps json null,
    changes json null,
    error json null,
    primary key (plan_id, device_id),
    constraint plan_device_position_unique unique (plan_id, position)
  )`,
  'create index plan_device_device_index on plan_device (device_id)',
];

const PEOPLE = `create table person (
    sub text not null primary key,
    issuer text not null,
    email text null,
    name text null,
    roles jsonb not null,
    devices jsonb not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null
  )`;

const AUDIT = [
  `create table audit_event (
    seq bigserial primary key,
    key text not null constraint audit_event_key_unique unique,
    at timestamptz not null,
    action text not null,
    actor text not null,
    actor_email text null,
    client_id text null,
    via text null,
    plan_id text null,
    device_id text null,
    operation text null,
    outcome text not null,
    code text null,
    message text null,
    arguments json null,
    details json null,
    correlation_id text null
  )`,
  'create index audit_event_plan_index on audit_event (plan_id, seq)',
  'create index audit_event_device_index on audit_event (device_id, seq)',
  'create index audit_event_action_index on audit_event (action, seq)',
  `create function refuse_audit_change() returns trigger language plpgsql as $$
  begin
    raise exception 'audit_event is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
  end $$`,
  // A statement trigger also meets TRUNCATE and statements that touch no row.
  `create trigger audit_event_append_only before update or delete or truncate on audit_event
    for each statement execute function refuse_audit_change()`,
];
