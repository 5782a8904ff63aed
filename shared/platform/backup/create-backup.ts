import { access } from 'node:fs/promises';
import { AppError } from '../../errors/app-error.ts';
import type { Keyring } from '../encryption/keyring.ts';
import { MIGRATION_TABLE } from '../persistence/orm.ts';
import { writeArchive } from './archive.ts';
import { BACKUP_FORM, masterKeyChecks, type BackupManifest, type PartName } from './manifest.ts';
import { openSnapshot, type PostgresSnapshot } from './postgres-snapshot.ts';
import { bytesOf, copySqlite } from './sqlite-copy.ts';

/** Where Temporal keeps its histories. */
export type TemporalStore =
  | { kind: 'postgres'; url: string; visibilityUrl: string }
  | { kind: 'sqlite'; file: string }
  /** It is somebody else's to keep: plans that wait or run are not in the backup. */
  | { kind: 'elsewhere' };

export interface CreateBackupOptions {
  /** Where it is written to; a file that exists is left alone. */
  file: string;
  /** Convoy's database; a role that may read everything will do. */
  postgresUrl: string;
  temporal: TemporalStore;
  /** The master keys in use, to say in the backup which it needs. They themselves are not written. */
  keyring: Keyring;
  convoyVersion: string;
}

export interface CreatedBackup {
  file: string;
  manifest: BackupManifest;
  /** Before compression. */
  bytes: number;
}

/**
 * Writes everything that must be kept into one file, while the platform goes on. Each database is read as it was at one
 * moment. Those moments lie milliseconds apart, Temporal's first: what happened between them is in Convoy's database and not
 * yet in a history, and workflows repeat their last activities anyway, which know what they have done. Fails with CONFLICT when
 * the file exists.
 */
export async function createBackup(options: CreateBackupOptions): Promise<CreatedBackup> {
  const { file, temporal } = options;
  await demandAbsent(file);
  const snapshots = new Map<PartName, PostgresSnapshot>();
  const sqlite = temporal.kind === 'sqlite' ? await copySqlite(temporal.file, file) : null;
  try {
    if (temporal.kind === 'postgres') {
      snapshots.set('temporal', await openSnapshot(temporal.url));
      snapshots.set('temporal_visibility', await openSnapshot(temporal.visibilityUrl));
    }
    const convoy = await openSnapshot(options.postgresUrl);
    snapshots.set('convoy', convoy);
    const manifest = await manifestOf(options, convoy, snapshots);
    return await write(options, manifest, { snapshots, sqliteFile: sqlite?.file ?? null });
  } finally {
    await Promise.all([...snapshots.values()].map((snapshot) => snapshot.close()));
    await sqlite?.remove();
  }
}

async function demandAbsent(file: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) throw new AppError('CONFLICT', { message: `${file} exists already.`, hint: 'Name another file.' });
}

async function manifestOf(
  { keyring, convoyVersion, temporal }: CreateBackupOptions,
  convoy: PostgresSnapshot,
  snapshots: ReadonlyMap<PartName, PostgresSnapshot>,
): Promise<BackupManifest> {
  const migrations = await convoy.query<{ name: string }>(`select name from ${MIGRATION_TABLE} order by name`);
  const [head] = await convoy.query<{ seq: string; hash: string }>('select seq, hash from audit_head');
  const keys = await convoy.query<{ keyId: string }>(NEEDED_KEYS);
  const parts = Object.fromEntries([...snapshots].map(([name, { part }]) => [name, part]));
  return {
    form: BACKUP_FORM,
    createdAt: new Date().toISOString(),
    convoyVersion,
    migrations: migrations.map(({ name }) => name),
    masterKeys: masterKeyChecks(keyring),
    neededKeyIds: keys.map(({ keyId }) => keyId),
    audit: { seq: Number(head?.seq ?? 0), hash: head?.hash ?? '' },
    parts: { ...parts, ...(temporal.kind === 'sqlite' ? { temporal: { kind: 'sqlite' as const } } : {}) },
  };
}

/** Ids of the master keys under which something is sealed; the second part of every sealed text. */
const NEEDED_KEYS = `select distinct split_part(sealed, '.', 2) as "keyId" from (
  select sealed from device_credential
  union all select sealed from credential_rotation union all select previous_sealed from credential_rotation
  union all select sealed from platform_secret) as everything
  where sealed is not null order by 1`;

async function write(
  { file }: CreateBackupOptions,
  manifest: BackupManifest,
  { snapshots, sqliteFile }: { snapshots: ReadonlyMap<PartName, PostgresSnapshot>; sqliteFile: string | null },
): Promise<CreatedBackup> {
  const archive = await writeArchive(file, manifest);
  try {
    if (sqliteFile !== null) await archive.addStream('temporal/temporal.db', bytesOf(sqliteFile));
    for (const [name, snapshot] of snapshots) {
      for (const table of snapshot.part.tables) await archive.addStream(`${name}/${table.name}`, snapshot.rows(table));
    }
    const { streams } = await archive.finish();
    const bytes = Object.values(streams).reduce((sum, stream) => sum + stream.bytes, 0);
    return { file, manifest, bytes };
  } catch (error) {
    await archive.discard();
    throw error;
  }
}
