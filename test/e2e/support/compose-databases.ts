import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { dropDatabase, executeSql, quoteName, quoteText } from '../../../cli/stack/postgres-admin.ts';
import { ensureTemporalSqlTool } from '../../../scripts/build-temporal.ts';
import { ROOT } from '../../architecture/source-files.ts';

/** Of the roles of a deployment. */
export interface Passwords {
  temporal: string;
  convoy: string;
  owner: string;
}

const DATABASES = ['temporal', 'temporal_visibility', 'convoy'];
const ROLES = ['temporal', 'convoy', 'convoy_owner'];

export function passwordsOf(): Passwords {
  const password = (): string => randomBytes(16).toString('hex');
  return { temporal: password(), convoy: password(), owner: password() };
}

export async function dropDatabases(adminUrl: string): Promise<void> {
  for (const name of DATABASES) await dropDatabase(adminUrl, name);
  await executeSql(
    adminUrl,
    ROLES.map((role) => `drop role if exists ${quoteName(role)}`),
  );
}

/** What the container of PostgreSQL does on its first start, and the job `temporal-schema` after it, with the files of deploy/. */
export async function makeDatabases({
  adminUrl,
  passwords,
}: {
  adminUrl: string;
  passwords: Passwords;
}): Promise<void> {
  await executeSql(adminUrl, await statementsOf(passwords));
  const { hostname, port } = new URL(adminUrl);
  const tools = await mkdtemp(path.join(tmpdir(), 'convoy-sql-tool-'));
  try {
    await symlink(await ensureTemporalSqlTool(), path.join(tools, 'temporal-sql-tool'));
    await promisify(execFile)('/bin/sh', [path.join(ROOT, 'deploy/temporal/setup-schema.sh')], {
      env: {
        PATH: `${tools}:${process.env['PATH']}`,
        SQL_PLUGIN: 'postgres12_pgx',
        SQL_HOST: hostname,
        SQL_PORT: port,
        SQL_USER: 'temporal',
        SQL_PASSWORD: passwords.temporal,
      },
    });
  } finally {
    await rm(tools, { recursive: true });
  }
}

/** What the script gives to psql, with the passwords in place of psql's variables. */
async function statementsOf(passwords: Passwords): Promise<string[]> {
  const script = await readFile(path.join(ROOT, 'deploy/postgres/create-databases.sh'), 'utf8');
  const sql = /<<'SQL'\n([\s\S]*?)\nSQL\n/.exec(script)?.[1] ?? '';
  const variables: Readonly<Record<string, string>> = {
    temporal_password: passwords.temporal,
    convoy_password: passwords.convoy,
    convoy_owner_password: passwords.owner,
  };
  return sql
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('\\getenv '))
    .map((line) => line.replace(/:'(\w+)'/, (_, name: string) => quoteText(variables[name] ?? '')));
}
