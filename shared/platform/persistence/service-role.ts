import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../../errors/app-error.ts';
import { MIGRATION_TABLE } from './orm.ts';

/** Tables of the audit, and the columns of each that the service may fill: never a number or a hash. */
const AUDIT_TABLES: Record<string, readonly string[]> = {
  audit_event: [
    'key',
    'at',
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
    'arguments',
    'arguments_digest',
    'details',
    'correlation_id',
    'trace_id',
  ],
  audit_head: [],
  audit_anchor: ['seq', 'hash'],
  audit_checkpoint: [],
};

/** What only the owner of the tables can do, and the service needs done. */
const OWNERS_FUNCTIONS = ['add_metric_partitions(text, timestamptz, timestamptz)', 'drop_metric_partitions(text, int)'];

/**
 * Lets the role of Convoy's processes use every table, and of the audit only read and append. Run by the owner of the tables
 * after every migration, in one transaction, so that tables that are new are in it too. Fails with INVALID_CONFIGURATION
 * for a role that is not there.
 */
export async function grantServiceRole(em: EntityManager, role: string): Promise<void> {
  const [found] = await em.execute<{ owner: string; known: boolean; schema: string }[]>(
    `select current_user as owner, current_schema() as schema, exists (select from pg_roles where rolname = ?) as known`,
    [role],
  );
  if (found === undefined || role === found.owner) return;
  if (!found.known) {
    throw new AppError('INVALID_CONFIGURATION', {
      message: `The database has no role "${role}", which CONVOY_POSTGRES_URL names.`,
      hint: 'Create it: docs/guide/audit.md says how.',
    });
  }
  const to = quoted(role);
  const schema = quoted(found.schema);
  const statements = [
    `grant usage on schema ${schema} to ${to}`,
    `grant select, insert, update, delete on all tables in schema ${schema} to ${to}`,
    `grant usage, select on all sequences in schema ${schema} to ${to}`,
    ...OWNERS_FUNCTIONS.map((name) => `grant execute on function ${name} to ${to}`),
    ...[MIGRATION_TABLE, ...Object.keys(AUDIT_TABLES)].flatMap((table) => [
      `revoke all on ${table} from ${to}, public`,
      `grant select on ${table} to ${to}`,
    ]),
    ...Object.entries(AUDIT_TABLES)
      .filter(([, columns]) => columns.length > 0)
      .map(([table, columns]) => `grant insert (${columns.join(', ')}) on ${table} to ${to}`),
  ];
  for (const statement of statements) await em.execute(statement);
}

/**
 * Fails with INVALID_CONFIGURATION when the role of this connection could change the audit: whoever took over this process
 * could then write off what it did.
 */
export async function demandAppendOnly(em: EntityManager): Promise<void> {
  const tables = Object.keys(AUDIT_TABLES);
  const [row] = await em.execute<{ name: string; tables: string[] | null }[]>(
    `select current_user as name, array_agg(relname::text order by relname) as tables from pg_class
     where oid in (${tables.map(() => 'to_regclass(?)').join(', ')})
       and (has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER') or pg_has_role(relowner, 'USAGE'))`,
    tables,
  );
  if (row === undefined || row.tables === null) return;
  throw new AppError('INVALID_CONFIGURATION', {
    message: `CONVOY_POSTGRES_URL: the role "${row.name}" could change the audit (${row.tables.join(', ')}).`,
    hint: 'Give the tables another owner, and run "convoy migrate" with its CONVOY_POSTGRES_OWNER_URL: docs/guide/audit.md.',
    details: { role: row.name, tables: row.tables },
  });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
