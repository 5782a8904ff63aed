import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import { open, seal } from '../encryption/envelope.ts';
import type { Keyring } from '../encryption/keyring.ts';

/** The first word of a backup: another form gets another one. */
export const BACKUP_FORM = 'convoy-backup-1';

const Sequence = z.strictObject({ name: z.string(), lastValue: z.string(), isCalled: z.boolean() });

/** A table whose rows are in the backup. */
export const BackupTable = z.strictObject({
  name: z.string(),
  columns: z.array(z.string()).min(1),
  /** Tables that the rows of this one are split into, with what each takes. */
  partitions: z.array(z.strictObject({ name: z.string(), bound: z.string() })),
});
export type BackupTable = z.infer<typeof BackupTable>;

/** One PostgreSQL database: its tables, each after those it refers to, at one moment. */
export const PostgresPart = z.strictObject({
  kind: z.literal('postgres'),
  serverVersion: z.string(),
  tables: z.array(BackupTable),
  sequences: z.array(Sequence),
});
export type PostgresPart = z.infer<typeof PostgresPart>;

/** The file in which the Temporal server of an embedded stack keeps everything. */
const SqlitePart = z.strictObject({ kind: z.literal('sqlite') });

export const PART_NAMES = ['temporal', 'temporal_visibility', 'convoy'] as const;
export type PartName = (typeof PART_NAMES)[number];

/** The beginning of a backup: what is in it, and what it takes to use it. */
export const BackupManifest = z.strictObject({
  form: z.literal(BACKUP_FORM),
  createdAt: z.iso.datetime(),
  convoyVersion: z.string(),
  /** Migrations that Convoy's database has had. */
  migrations: z.array(z.string()),
  /** Master keys that were at hand, each with a text that only it opens. They themselves are not in the backup. */
  masterKeys: z.array(z.strictObject({ keyId: z.string(), sealed: z.string() })),
  /** Ids of the master keys that seal something in it. */
  neededKeyIds: z.array(z.string()),
  /** The end of the audit's chain. */
  audit: z.strictObject({ seq: z.int(), hash: z.string() }),
  parts: z.partialRecord(z.enum(PART_NAMES), z.union([PostgresPart, SqlitePart])),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

/** The end of a backup: of each stream how long it is and what it hashes to. A file without it is not whole. */
export const BackupEnd = z.strictObject({
  streams: z.record(z.string(), z.strictObject({ bytes: z.int(), sha256: z.string() })),
});
export type BackupEnd = z.infer<typeof BackupEnd>;

const CHECK_TEXT = 'convoy-backup';

/** For each key a text by which it is known again. */
export function masterKeyChecks(keyring: Keyring): BackupManifest['masterKeys'] {
  return keyring.ids.map((keyId) => {
    const alone: Keyring = { first: keyring.byId(keyId), ids: [keyId], byId: (id) => keyring.byId(id) };
    return { keyId, sealed: seal(alone, CHECK_TEXT, CHECK_TEXT) };
  });
}

/** Fails with INVALID_CONFIGURATION when a key is missing that the backup needs, or is not the one of that time. */
export function demandMasterKeys(
  manifest: Pick<BackupManifest, 'masterKeys' | 'neededKeyIds'>,
  keyring: Keyring,
): void {
  const missing = manifest.neededKeyIds.filter((keyId) => !keyring.ids.includes(keyId));
  if (missing.length > 0) {
    throw new AppError('INVALID_CONFIGURATION', {
      message: `The backup needs the master ${missing.length === 1 ? 'key' : 'keys'} ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not among those given (${keyring.ids.join(', ')}).`,
      hint: 'Put the key back, as "id:base64" behind the first one: it is not in the backup, and without it routers must be registered anew.',
      details: { missing },
    });
  }
  for (const { keyId, sealed } of manifest.masterKeys) {
    if (!keyring.ids.includes(keyId)) continue;
    try {
      open(keyring, sealed, CHECK_TEXT);
    } catch (cause) {
      throw new AppError('INVALID_CONFIGURATION', {
        message: `The master key "${keyId}" is not the one that the backup was made with.`,
        hint: 'Give the key of that time under its id.',
        cause,
      });
    }
  }
}
