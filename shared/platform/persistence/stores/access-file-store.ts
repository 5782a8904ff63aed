import type { EntityManager } from '@mikro-orm/postgresql';
import { AccessFileSchema, type AccessFile } from '../../../domain/access-file.ts';
import { createAccessMapping, type AccessMapping } from '../../../domain/access-mapping.ts';
import type { Units } from '../units.ts';

/** The access file in force for everything that asks the database who somebody is. */
export interface AccessFileStore {
  /**
   * From now on people are judged by this file, unless one that is newer was taken before; the answer says whether. A process
   * that is late, or was started with a copy of before, changes nothing.
   */
  take(file: TakenAccessFile): Promise<boolean>;
}

export interface TakenAccessFile {
  content: AccessFile;
  /** SHA-256 of the content as canonical JSON, hexadecimal. */
  digest: string;
  /** From when on the file is known to say so. */
  since: Date;
}

export function createAccessFileStore(units: Units): AccessFileStore {
  return {
    take: ({ content, digest, since }) =>
      units.run(async (em) => {
        const rows = await em.execute<unknown[]>(
          `insert into access_file (content, digest, since) values (?, ?, ?)
           on conflict (only_row) do update
             set content = excluded.content, digest = excluded.digest,
               since = greatest(access_file.since, excluded.since)
             where access_file.since <= excluded.since or access_file.digest = excluded.digest
           returning digest`,
          [JSON.stringify(content), digest, since],
        );
        return rows.length > 0;
      }),
  };
}

/** Reads the mapping in force; parsed once for each content. */
export function createCurrentMapping(): (em: EntityManager) => Promise<AccessMapping | null> {
  let parsed: { digest: string; mapping: AccessMapping } | null = null;
  return async (em) => {
    const [row] = await em.execute<{ digest: string; content: unknown }[]>('select digest, content from access_file');
    if (row === undefined) return null;
    if (parsed?.digest !== row.digest) {
      parsed = { digest: row.digest, mapping: createAccessMapping(AccessFileSchema.parse(row.content)) };
    }
    return parsed.mapping;
  };
}
