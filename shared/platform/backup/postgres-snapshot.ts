import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { BackupTable, PostgresPart } from './manifest.ts';

/** A database as it was at one moment, while others go on with it. */
export interface PostgresSnapshot {
  part: PostgresPart;
  /** Rows of one table in PostgreSQL's own text form (COPY). */
  rows(table: BackupTable): AsyncIterable<Buffer>;
  /** A query at that moment. */
  query<Row extends object>(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** Takes the moment of a database; everything that is read from here on is what was committed then. */
export async function openSnapshot(url: string): Promise<PostgresSnapshot> {
  const client = await connect(url);
  try {
    await client.query('begin isolation level repeatable read read only');
    // The first statement takes the moment; how long the reading takes from here on changes nothing.
    const { rows: version } = await client.query<{ server_version: string }>('show server_version');
    const tables = await tablesOf(client);
    const part: PostgresPart = {
      kind: 'postgres',
      serverVersion: version[0]?.server_version ?? 'unknown',
      tables,
      sequences: await sequencesOf(client),
    };
    return {
      part,
      rows: ({ name, columns }) =>
        client.query(copyTo(`copy (select ${columns.map(quoted).join(', ')} from ${quoted(name)}) to stdout`)),
      query: async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows,
      async close() {
        await client.query('rollback').catch(() => undefined);
        await client.end();
      },
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** A connection on which values are written the same way whatever the server's defaults are. */
export async function connect(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'convoy-backup',
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks also fails what is being done on it; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    `set datestyle = 'ISO'; set timezone = 'UTC'; set intervalstyle = 'postgres'; set statement_timeout = 0`,
  );
  return client;
}

/** Tables of the schema `public`, each after those that it refers to. What the server computes by itself is left out. */
export async function tablesOf(client: Client): Promise<BackupTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; partitions: BackupTable['partitions'] }>(
    `select c.relname::text as name,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       (select coalesce(json_agg(json_build_object('name', p.relname, 'bound', pg_get_expr(p.relpartbound, p.oid))
                          order by p.relname), '[]')
          from pg_inherits i join pg_class p on p.oid = i.inhrelid where i.inhparent = c.oid) as partitions
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     order by c.relname`,
  );
  const { rows: references } = await client.query<{ from: string; to: string }>(
    `select distinct conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint
     where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid`,
  );
  return inOrder(rows, references);
}

function inOrder(tables: BackupTable[], references: readonly { from: string; to: string }[]): BackupTable[] {
  const ordered: BackupTable[] = [];
  const placed = new Set<string>();
  const place = (table: BackupTable): void => {
    if (placed.has(table.name)) return;
    placed.add(table.name);
    for (const { from, to } of references) {
      const target = from === table.name ? tables.find(({ name }) => name === to) : undefined;
      if (target) place(target);
    }
    ordered.push(table);
  };
  for (const table of tables) place(table);
  return ordered;
}

async function sequencesOf(client: Client): Promise<PostgresPart['sequences']> {
  const { rows: names } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace order by 1`,
  );
  const sequences: PostgresPart['sequences'] = [];
  for (const { name } of names) {
    // oxlint-disable-next-line no-await-in-loop -- one connection, and few
    const { rows } = await client.query<{ lastValue: string; isCalled: boolean }>(
      `select last_value::text as "lastValue", is_called as "isCalled" from ${quoted(name)}`,
    );
    if (rows[0]) sequences.push({ name, ...rows[0] });
  }
  return sequences;
}

/** An SQL identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
