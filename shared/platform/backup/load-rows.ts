import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { AppError } from '../../errors/app-error.ts';
import { readPieces } from './archive.ts';
import type { BackupTable, PartName, PostgresPart } from './manifest.ts';
import { quoted, tablesOf } from './postgres-snapshot.ts';

/** Which tables of a part are loaded, and how. */
export interface LoadOptions {
  file: string;
  name: PartName;
  part: PostgresPart;
  /** Tables that keep what they have. */
  except?: readonly string[];
}

/**
 * Replaces the rows of a database by those of a backup, all in one transaction: whatever fails, the database is what it was.
 * Its tables must have the columns of that time; triggers of ours rest meanwhile, since the rows are as they became then.
 */
export async function loadRows(client: Client, { file, name, part, except = [] }: LoadOptions): Promise<void> {
  const tables = part.tables.filter((table) => !except.includes(table.name));
  await demandSameTables(client, name, tables);
  await client.query('begin');
  try {
    for (const { name: table } of tables) await client.query(`alter table ${quoted(table)} disable trigger user`);
    await client.query(`truncate ${tables.map((table) => quoted(table.name)).join(', ')}`);
    for (const table of tables) await addPartitions(client, table);
    await copyAll(client, file, name, tables);
    for (const { name: sequence, lastValue, isCalled } of part.sequences) {
      await client.query('select setval($1::regclass, $2::bigint, $3)', [quoted(sequence), lastValue, isCalled]);
    }
    for (const { name: table } of tables) await client.query(`alter table ${quoted(table)} enable trigger user`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function demandSameTables(client: Client, name: PartName, wanted: readonly BackupTable[]): Promise<void> {
  const found = new Map((await tablesOf(client)).map((table) => [table.name, table.columns]));
  const differing = wanted.filter(({ name: table, columns }) => {
    const there = found.get(table);
    return there === undefined || [...there].sort().join() !== [...columns].sort().join();
  });
  if (differing.length === 0) return;
  throw new AppError('INVALID_CONFIGURATION', {
    message: `The database "${name}" has other tables than the backup: ${differing.map((table) => table.name).join(', ')}.`,
    hint: 'Make its tables with the version of Temporal that the backup was made with; upgrade afterwards.',
  });
}

/** Of tables that are split by time, the pieces that the rows belong in. */
async function addPartitions(client: Client, { name, partitions }: BackupTable): Promise<void> {
  for (const { name: partition, bound } of partitions) {
    await client.query(
      `create table if not exists ${quoted(partition)} partition of ${quoted(name)} ${demandBound(bound)}`,
    );
  }
}

/** As PostgreSQL writes the bounds of a range of time: nothing else of a file becomes a statement. */
function demandBound(bound: string): string {
  if (/^FOR VALUES FROM \('[\d :+-]+'\) TO \('[\d :+-]+'\)$/.test(bound)) return bound;
  throw new AppError('VALIDATION_ERROR', {
    message: `The backup splits a table in a way that is not known: ${bound}.`,
  });
}

async function copyAll(client: Client, file: string, part: PartName, tables: readonly BackupTable[]): Promise<void> {
  const byStream = new Map(tables.map((table) => [`${part}/${table.name}`, table]));
  const pieces = readPieces(file);
  let next = await pieces.next();
  while (!next.done) {
    const { stream } = next.value;
    // The pieces of a table follow one another.
    const contents = async function* (): AsyncGenerator<Buffer> {
      while (!next.done && next.value.stream === stream) {
        yield next.value.content;
        next = await pieces.next();
      }
    };
    const table = byStream.get(stream);
    if (table === undefined) for await (const _ of contents());
    else await pipeline(contents(), client.query(copyFrom(copyStatement(table))));
  }
}

function copyStatement({ name, columns }: BackupTable): string {
  return `copy ${quoted(name)} (${columns.map(quoted).join(', ')}) from stdin`;
}
