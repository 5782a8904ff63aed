import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../shared/contract/search-attributes.ts';
import { ROOT } from '../architecture/source-files.ts';

/** Names of value types as the `temporal` command spells them. */
const TYPE_NAMES = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList', INT: 'Int', DATETIME: 'Datetime' } as const;

test('a new server gets the namespace and exactly the search attributes that the workflows set', async () => {
  const calls = await run('deploy/temporal/setup-namespace.sh', 'temporal', 'case "$*" in *describe*) exit 1;; esac');
  expect(calls).toContain('operator namespace create --namespace convoy --retention 168h');
  expect(calls.filter((call) => call.startsWith('operator search-attribute create'))).toEqual(
    Object.entries(SEARCH_ATTRIBUTES).map(
      ([name, type]) => `operator search-attribute create --namespace convoy --name ${name} --type ${TYPE_NAMES[type]}`,
    ),
  );
});

test('a server that has them is left alone', async () => {
  const list = Object.keys(SEARCH_ATTRIBUTES).join('\\n');
  const calls = await run(
    'deploy/temporal/setup-namespace.sh',
    'temporal',
    `case "$*" in *list*) printf '${list}\\n';; esac`,
  );
  expect(calls).toEqual([
    'operator namespace describe --namespace convoy',
    'operator search-attribute list --namespace convoy',
  ]);
});

test('a failing command fails the job', async () => {
  await expect(run('deploy/temporal/setup-namespace.sh', 'temporal', 'exit 1')).rejects.toThrow();
  await expect(run('deploy/temporal/setup-schema.sh', 'temporal-sql-tool', 'exit 1')).rejects.toThrow();
});

test('both databases of Temporal are set up and brought up to date', async () => {
  expect(await run('deploy/temporal/setup-schema.sh', 'temporal-sql-tool', '')).toEqual([
    '--database temporal setup-schema --version 0.0',
    '--database temporal update-schema --schema-name postgresql/v12/temporal',
    '--database temporal_visibility setup-schema --version 0.0',
    '--database temporal_visibility update-schema --schema-name postgresql/v12/visibility',
  ]);
});

test('the databases are made without a password on a command line', async () => {
  const calls = await run('deploy/postgres/create-databases.sh', 'psql', 'cat >> "$CALLS"');
  expect(calls[0]).toBe('--no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres');
  expect(calls).toContain('create database convoy owner convoy_owner;');
});

test('the postgres image runs the script instead of reading it into its own shell', async () => {
  const { mode } = await stat(path.join(ROOT, 'deploy/postgres/create-databases.sh'));
  expect(mode & 0o111).toBe(0o111);
});

/** Runs a script with one command replaced by a program that notes its arguments and then runs `body`. */
async function run(script: string, command: string, body: string): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'convoy-script-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const program = path.join(folder, command);
  const calls = path.join(folder, 'calls');
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$*" >> "$CALLS"\n${body}\n`);
  await chmod(program, 0o755);
  await promisify(execFile)('/bin/sh', [path.join(ROOT, script)], {
    env: { PATH: `${folder}:${process.env['PATH']}`, CALLS: calls },
  });
  return (await readFile(calls, 'utf8')).trimEnd().split('\n');
}
