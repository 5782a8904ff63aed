import { open as openFile, rename, rm } from 'node:fs/promises';
import type { Client } from 'pg';
import { AppError } from '../../errors/app-error.ts';
import type { Keyring } from '../encryption/keyring.ts';
import { openDatabase } from '../persistence/database.ts';
import { migrate, roleOf } from '../persistence/migrate.ts';
import { MIGRATIONS } from '../persistence/migrations/index.ts';
import { MIGRATION_TABLE } from '../persistence/orm.ts';
import { demandWhole, readManifest, readPieces } from './archive.ts';
import type { TemporalStore } from './create-backup.ts';
import { loadRows } from './load-rows.ts';
import { demandMasterKeys, type BackupManifest, type PartName } from './manifest.ts';
import { connect } from './postgres-snapshot.ts';

export interface RestoreBackupOptions {
  file: string;
  /** Convoy's database as the role of its processes, and as the owner of the tables. */
  postgresUrl: string;
  postgresOwnerUrl: string;
  /** Where Temporal is to find its histories; its server must not run. */
  temporal: TemporalStore;
  /** Must hold every master key that the backup needs. */
  keyring: Keyring;
  /** Whether what is in the databases now may go. Default false: they must be empty. */
  replaces?: boolean;
  /** Told what is being done. */
  say?: (line: string) => void;
}

export interface RestoredBackup {
  manifest: BackupManifest;
  /** Entries of the audit, which were all verified. */
  auditEntries: number;
}

/** Of Temporal's own upkeep, which belongs to the tables and not to what is in them, or to servers that are gone. */
const KEPT_BY_TEMPORAL = ['schema_version', 'schema_update_history', 'cluster_membership'];

/**
 * Puts a backup back. Everything that can be wrong is looked for before anything is changed: that the file is whole, that the
 * master keys fit, that nobody uses the databases, that they are empty or may be replaced. Afterwards the schema is that of
 * this version, and the audit was verified to the entry that the backup ends with. Fails with VALIDATION_ERROR for the file,
 * INVALID_CONFIGURATION for keys and versions, CONFLICT for databases that are in use or not empty.
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<RestoredBackup> {
  const { file, keyring, temporal, say = () => {} } = options;
  const manifest = await readManifest(file);
  say(`reading ${file}, made ${manifest.createdAt} by Convoy ${manifest.convoyVersion}`);
  await demandWhole(file);
  demandMasterKeys(manifest, keyring);
  demandKnownMigrations(manifest);
  demandSameStore(manifest, temporal);
  await lookFirst(options);

  say("restoring Convoy's database");
  await restoreConvoy(options, manifest);
  if (temporal.kind === 'postgres') {
    say("restoring Temporal's databases");
    await restorePostgres(temporal.url, { file, manifest, name: 'temporal' });
    await restorePostgres(temporal.visibilityUrl, { file, manifest, name: 'temporal_visibility' });
  } else if (temporal.kind === 'sqlite') {
    say("restoring Temporal's file");
    await restoreSqlite(temporal.file, file);
  }
  say('verifying the audit');
  return { manifest, auditEntries: await verifiedEntries(options.postgresUrl, manifest) };
}

function demandKnownMigrations({ migrations, convoyVersion }: BackupManifest): void {
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  const unknown = migrations.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new AppError('INVALID_CONFIGURATION', {
    message: `The backup is of a newer Convoy (${convoyVersion}): this one does not know ${unknown.join(', ')}.`,
    hint: 'Restore it with that version or a later one.',
  });
}

function demandSameStore({ parts }: BackupManifest, temporal: TemporalStore): void {
  const inBackup = parts.temporal?.kind ?? 'elsewhere';
  if (inBackup === temporal.kind || temporal.kind === 'elsewhere') return;
  const SAID = { postgres: 'in PostgreSQL', sqlite: 'in an SQLite file', elsewhere: 'not in it' };
  throw new AppError('INVALID_CONFIGURATION', {
    message: `Temporal's histories are ${SAID[inBackup]} in the backup, and ${SAID[temporal.kind]} here.`,
    hint: 'Restore into a deployment of the same kind.',
  });
}

/** Everything about the databases that would make it fail half-way. */
async function lookFirst({ postgresOwnerUrl, temporal, replaces = false }: RestoreBackupOptions): Promise<void> {
  await withClient(postgresOwnerUrl, async (client) => {
    await demandUnused(client, "Stop Convoy's processes first.");
    if (!replaces) await demandEmpty(client, 'audit_event');
  });
  if (temporal.kind !== 'postgres') return;
  const stores = [
    { url: temporal.url, table: 'current_executions' },
    { url: temporal.visibilityUrl, table: 'executions_visibility' },
  ];
  for (const { url, table } of stores) {
    await withClient(url, async (client) => {
      await demandUnused(client, 'Stop the Temporal server first.');
      if (!replaces) await demandEmpty(client, table);
    });
  }
}

async function demandUnused(client: Client, hint: string): Promise<void> {
  // Those of the server itself have no user.
  const { rows } = await client.query<{ name: string; others: number }>(
    `select current_database() as name, count(*)::int as others from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and usename is not null`,
  );
  if (rows[0] === undefined || rows[0].others === 0) return;
  throw new AppError('CONFLICT', {
    message: `The database "${rows[0].name}" is in use by ${rows[0].others} other ${rows[0].others === 1 ? 'connection' : 'connections'}.`,
    hint,
  });
}

async function demandEmpty(client: Client, table: string): Promise<void> {
  const { rows: there } = await client.query<{ known: boolean }>('select to_regclass($1) is not null as known', [
    table,
  ]);
  if (there[0]?.known !== true) return;
  const { rows } = await client.query<{ name: string; filled: boolean }>(
    `select current_database() as name, exists (select from ${table}) as filled`,
  );
  if (rows[0]?.filled !== true) return;
  throw new AppError('CONFLICT', {
    message: `The database "${rows[0].name}" is not empty.`,
    hint: 'With --replace everything in it is replaced by the backup.',
  });
}

async function restoreConvoy(options: RestoreBackupOptions, manifest: BackupManifest): Promise<void> {
  const { file, postgresUrl, postgresOwnerUrl } = options;
  const owner = { url: postgresOwnerUrl, serviceRole: roleOf(postgresUrl) };
  // The tables of that time first, so that rows fit; then what this version adds is done to them as in any upgrade.
  await withClient(postgresOwnerUrl, async (client) => {
    await client.query('begin; drop schema public cascade; create schema public; commit');
  });
  await migrate({ ...owner, only: manifest.migrations });
  await restorePostgres(postgresOwnerUrl, { file, manifest, name: 'convoy', except: [MIGRATION_TABLE] });
  await migrate(owner);
}

async function restorePostgres(
  url: string,
  restored: { file: string; manifest: BackupManifest; name: PartName; except?: readonly string[] },
): Promise<void> {
  const { file, manifest, name, except = KEPT_BY_TEMPORAL } = restored;
  const part = manifest.parts[name];
  if (part?.kind !== 'postgres')
    throw new AppError('VALIDATION_ERROR', { message: `The backup has no part "${name}".` });
  await withClient(url, (client) => loadRows(client, { file, name, part, except }));
}

async function restoreSqlite(target: string, file: string): Promise<void> {
  const fresh = `${target}.restored`;
  const out = await openFile(fresh, 'w', 0o600);
  try {
    for await (const { stream, content } of readPieces(file)) {
      if (stream === 'temporal/temporal.db') await out.write(content);
    }
    await out.sync();
  } finally {
    await out.close();
  }
  // What is left of the former one's journal would be applied to the new one.
  for (const end of ['-wal', '-shm', '-journal']) await rm(`${target}${end}`, { force: true });
  await rename(fresh, target);
}

async function verifiedEntries(postgresUrl: string, { audit }: BackupManifest): Promise<number> {
  const database = await openDatabase({ url: postgresUrl, poolMax: 1 });
  try {
    const { ok, entries, firstBreak } = await database.audit.verify({ anchors: audit.seq === 0 ? [] : [audit] });
    if (ok) return entries;
    throw new AppError('INTERNAL_ERROR', {
      message: `The restored audit does not verify: entry ${firstBreak?.seq} (${firstBreak?.kind}): ${firstBreak?.message}`,
      hint: 'docs/runbooks/the-audit-does-not-verify.md',
    });
  } finally {
    await database.close();
  }
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(url);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
