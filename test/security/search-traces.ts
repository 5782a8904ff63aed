import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** Something that left the routers or the processes, and where it was found. */
export interface Trace {
  where: string;
  bytes: Buffer;
}

export function traceOf(where: string, text: string): Trace {
  return { where, bytes: Buffer.from(text) };
}

/** The places where one of the texts is found: in the clear, or in base64 at any alignment. */
export function placesOf(traces: readonly Trace[], texts: readonly string[]): string[] {
  const forms = texts.flatMap(formsOf);
  const found = traces.filter(({ bytes }) => forms.some((form) => bytes.includes(form)));
  return [...new Set(found.map(({ where }) => where))];
}

function formsOf(text: string): Buffer[] {
  const encoded = [0, 1, 2].map((shift) => {
    const base64 = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
    // The first and last characters also depend on what stands beside it.
    return base64.slice(shift === 0 ? 0 : shift + 1, -4);
  });
  return [text, ...encoded].map((form) => Buffer.from(form));
}

/** Every row of every table, as PostgreSQL shows it: `bytea` in hexadecimal, which is turned back into bytes. */
export async function tablesOfPostgres(url: string): Promise<Trace[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
    );
    const traces: Trace[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<Record<string, unknown>>(`select * from ${name}`);
      traces.push({ where: `table ${name}`, bytes: bytesOfRows(rows) });
    }
    return traces;
  } finally {
    await client.end();
  }
}

/** Every row of every table of Temporal's own store: histories, tasks, mutable state, visibility. */
export function tablesOfSqlite(file: string): Trace[] {
  const store = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = store.prepare("select name from sqlite_master where type = 'table'").all();
    return tables.map(({ name }) => {
      const rows = store.prepare(`select * from "${String(name)}"`).all();
      return { where: `Temporal's table ${String(name)}`, bytes: bytesOfRows(rows) };
    });
  } finally {
    store.close();
  }
}

/** The files below a folder, apart from those that `isLeftOut` names. */
export async function filesBelow(folder: string, isLeftOut: (file: string) => boolean): Promise<Trace[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const wanted = files.filter((file) => !isLeftOut(path.relative(folder, file)));
  return Promise.all(wanted.map(async (file) => ({ where: `file ${file}`, bytes: await readFile(file) })));
}

/** What the machine's process list shows of everybody, and the environment of the given processes. */
export async function processList(pids: readonly number[]): Promise<Trace[]> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = [...numbers.map((pid) => `/proc/${pid}/cmdline`), ...pids.map((pid) => `/proc/${pid}/environ`)];
  const traces = places.map(async (where) => {
    // A process may be gone by now.
    const bytes = await readFile(where).catch(() => null);
    return bytes === null ? [] : [{ where, bytes }];
  });
  return (await Promise.all(traces)).flat();
}

function bytesOfRows(rows: readonly Record<string, unknown>[]): Buffer {
  return Buffer.concat(rows.flatMap((row) => Object.values(row)).flatMap((value) => [bytesOf(value), LINE_END]));
}

const LINE_END = Buffer.from('\n');

function bytesOf(value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (value !== null && typeof value === 'object') return Buffer.from(JSON.stringify(value));
  return Buffer.from(String(value));
}
