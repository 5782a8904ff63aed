import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  findPostgresAccount,
  findPostgresBinaries,
  reachableDataDir,
  type PostgresAccount,
} from './postgres-account.ts';
import { createDatabase, executeSql, quoteName, quoteText, withDatabase } from './postgres-admin.ts';
import type { Processes } from './processes.ts';
import { waitUntilReady } from './readiness.ts';
import { ensureSecretFile } from './secret-file.ts';
import { StackError } from './stack-error.ts';

/** A running embedded PostgreSQL. */
export interface Postgres {
  pid: number;
  /** The application's role and database. */
  url: string;
  /** The same database as its owner, which makes the tables. */
  ownerUrl: string;
  /** The superuser, database `postgres`; for creating further databases. */
  adminUrl: string;
  dataDir: string;
}

const ROLE = 'convoy';
const OWNER = 'convoy_owner';

/**
 * Starts PostgreSQL on 127.0.0.1, with a cluster made on first use. `isDurable: false` trades safety against power
 * loss for speed and is for tests only.
 */
export async function startPostgres(options: {
  processes: Processes;
  postgresDir: string;
  keysDir: string;
  port: number;
  isDurable?: boolean;
}): Promise<Postgres> {
  const account = await findPostgresAccount();
  const binaries = await findPostgresBinaries(account);
  const tag = createHash('sha256').update(options.postgresDir).digest('hex').slice(0, 12);
  const dataDir = reachableDataDir(path.join(options.postgresDir, 'data'), account, tag);
  const adminPasswordFile = path.join(options.keysDir, 'postgres-admin');
  // Without its passwords a cluster cannot be used: one that outlived its home is made anew.
  const isNew = !(await exists(adminPasswordFile)) || !(await exists(path.join(dataDir, 'PG_VERSION')));
  const adminPassword = await ensureSecretFile(adminPasswordFile, { encoding: 'base64url' });
  const password = await ensureSecretFile(path.join(options.keysDir, 'postgres-convoy'), { encoding: 'base64url' });
  const ownerPassword = await ensureSecretFile(ownerPasswordFile(options.keysDir), { encoding: 'base64url' });
  if (isNew) await initialise({ binaries, dataDir, account, adminPassword });
  const child = await startServer(options.processes, {
    name: 'postgres',
    command: path.join(binaries, 'bin', 'postgres'),
    args: ['-D', dataDir, '-p', String(options.port), ...settings(options.isDurable ?? true)],
    cwd: dataDir,
    uid: account?.uid,
    gid: account?.gid,
    // Fast shutdown: clients are cut off instead of waited for (PostgreSQL manual, 18.5).
    stopSignal: 'SIGINT',
  });

  const adminUrl = urlFor('postgres', adminPassword, options.port, 'postgres');
  if (isNew) {
    await executeSql(adminUrl, [`create role ${quoteName(ROLE)} login password ${quoteText(password)}`]);
    await createDatabase(adminUrl, ROLE, ROLE);
  }
  await separateOwner(adminUrl, ownerPassword);
  const url = urlFor(ROLE, password, options.port, ROLE);
  return { pid: child.pid, url, ownerUrl: urlFor(OWNER, ownerPassword, options.port, ROLE), adminUrl, dataDir };
}

/** The database of the embedded stack as its owner; null when there is none in this home. */
export async function embeddedOwnerUrl(keysDir: string, postgresUrl: string): Promise<string | null> {
  const password = await readFile(ownerPasswordFile(keysDir), 'utf8').catch(() => null);
  if (password === null) return null;
  const url = new URL(postgresUrl);
  return urlFor(OWNER, password.trim(), Number(url.port), url.pathname.slice(1));
}

function ownerPasswordFile(keysDir: string): string {
  return path.join(keysDir, 'postgres-owner');
}

/** Gives the database, and what older versions made in it as the application's own, to a role that no process logs in as. */
async function separateOwner(adminUrl: string, ownerPassword: string): Promise<void> {
  const [known] = (await executeSql(adminUrl, [`select from pg_roles where rolname = ${quoteText(OWNER)}`])) as [
    unknown[],
  ];
  if (known.length > 0) return;
  await executeSql(withDatabase(adminUrl, ROLE), [
    `do $$ begin
      create role ${quoteName(OWNER)} login password ${quoteText(ownerPassword)};
      alter database ${quoteName(ROLE)} owner to ${quoteName(OWNER)};
      reassign owned by ${quoteName(ROLE)} to ${quoteName(OWNER)};
    end $$`,
  ]);
}

/** Processes of a server that was killed may hold its shared memory for a moment longer; then it is tried again. */
async function startServer(
  processes: Processes,
  description: Parameters<Processes['start']>[0],
  attempts = 20,
): ReturnType<Processes['start']> {
  const child = await processes.start(description);
  try {
    await waitUntilReady(child, async () => {
      const log = await readFile(child.logFile, 'utf8');
      return log.includes('database system is ready to accept connections');
    });
    return child;
  } catch (error) {
    const isHeld = error instanceof Error && error.message.includes('pre-existing shared memory block');
    if (!isHeld || attempts <= 1) throw error;
    await delay(250);
    return await startServer(processes, description, attempts - 1);
  }
}

async function initialise(cluster: {
  binaries: string;
  dataDir: string;
  account: PostgresAccount | undefined;
  adminPassword: string;
}): Promise<void> {
  const { binaries, dataDir, account, adminPassword } = cluster;
  // A cluster whose making was interrupted has no PG_VERSION or is incomplete: it holds nothing worth keeping.
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  const passwordDir = await mkdtemp(path.join(tmpdir(), 'convoy-initdb-'));
  const passwordFile = path.join(passwordDir, 'password');
  await writeFile(passwordFile, `${adminPassword}\n`, { mode: 0o600 });
  if (account) for (const file of [dataDir, passwordDir, passwordFile]) await chown(file, account.uid, account.gid);
  try {
    await promisify(execFile)(
      path.join(binaries, 'bin', 'initdb'),
      [
        `--pgdata=${dataDir}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The built-in provider sorts alike on every machine and needs no locale installed.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-sync',
      ],
      { cwd: dataDir, uid: account?.uid, gid: account?.gid, env: { PATH: process.env['PATH'], LC_ALL: 'C' } },
    );
  } catch (cause) {
    await rm(dataDir, { recursive: true, force: true });
    const detail = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new StackError('POSTGRES_UNAVAILABLE', `initdb could not make a cluster in ${dataDir}: ${detail}`, { cause });
  } finally {
    await rm(passwordDir, { recursive: true, force: true });
  }
}

function settings(isDurable: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...(isDurable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function urlFor(user: string, password: string, port: number, database: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

async function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
}
