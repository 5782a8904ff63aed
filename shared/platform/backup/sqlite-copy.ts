import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

const ALL_PAGES = 2 ** 31 - 1;

/**
 * A copy of an SQLite file as it was at one moment, while others go on with it. It lies beside `target`, where the backup
 * will be and there is room for it; `remove` it.
 */
export async function copySqlite(file: string, target: string): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(path.dirname(path.resolve(target)), '.convoy-backup-'));
  const copy = path.join(folder, 'temporal.db');
  const database = new DatabaseSync(file, { readOnly: true, timeout: 30_000 });
  try {
    // All pages in one step: in several of them each write of others would begin the copy anew.
    await backup(database, copy, { rate: ALL_PAGES });
    return { file: copy, remove: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    database.close();
  }
}

/** The bytes of a file. */
export function bytesOf(file: string): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
}
