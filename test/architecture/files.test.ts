import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importsOf } from './imports-of.ts';
import { listFiles, ROOT } from './source-files.ts';

const MOST_LINES = 320;
/** Names that say nothing about what is inside and so attract everything. */
const EMPTY_NAMES = /(^|[-/])(utils?|helpers?|managers?|commons?|misc)([-./]|$)/;

test('every operation is listed in the index of its topic, and every topic in the catalogue', async () => {
  const files = (await listFiles('shared/operations', '.ts')).filter((file) => file.split('/').length === 4);
  const topics = [...new Set(files.map((file) => `${path.posix.dirname(file)}/index.ts`))];
  expect(await filesImportedBy('shared/operations/index.ts')).toEqual(expect.arrayContaining(topics));
  for (const topic of topics) {
    const operations = files.filter((file) => path.posix.dirname(file) === path.posix.dirname(topic) && file !== topic);
    expect(operations.length, topic).toBeGreaterThan(0);
    expect(await filesImportedBy(topic)).toEqual(expect.arrayContaining(await declaring('define', operations)));
  }
});

test('every plan kind is listed in the catalogue of plan kinds', async () => {
  const kinds = await declaring('definePlan', await listFiles('shared/plans', '.ts'));
  expect(kinds.length).toBeGreaterThan(0);
  expect(await filesImportedBy('shared/plans/index.ts')).toEqual(expect.arrayContaining(kinds));
});

test('every migration is listed', async () => {
  const migrations = (await listFiles('shared/platform/persistence/migrations', '.ts')).filter((file) =>
    /^\d{4}-/.test(path.posix.basename(file)),
  );
  expect(migrations.length).toBeGreaterThan(0);
  expect(await filesImportedBy('shared/platform/persistence/migrations/index.ts')).toEqual(
    expect.arrayContaining(migrations),
  );
});

test('every workflow that is declared is registered with the worker', async () => {
  const names = await namesIn(await listFiles('workflows', '.ts'), /^export async function (\w+Workflow)\b/gm);
  const index = await read('workflows/index.ts');
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !index.includes(name))).toEqual([]);
});

test(`no source file has more than ${MOST_LINES} lines`, async () => {
  const lengths = await eachSource(async (file) => [file, (await read(file)).split('\n').length - 1] as const);
  expect(lengths.filter(([, lines]) => lines > MOST_LINES)).toEqual([]);
});

test('files and folders are named after what they hold', async () => {
  const files = await sources();
  expect(files.filter((file) => EMPTY_NAMES.test(file))).toEqual([]);
  expect(files.filter((file) => !/^[a-z0-9./-]+$/.test(file))).toEqual([]);
});

test('no test is switched off or runs alone', async () => {
  const marked = await matchesIn(await listFiles('test', '.ts'), /\b(?:test|it|describe)\.(?:only|skip|todo|fails)\b/g);
  expect(marked).toEqual([]);
});

test('only the processes themselves read the environment', async () => {
  const files = (await sources()).filter((file) => /^(shared|workflows|activities)\//.test(file));
  expect(await matchesIn(files, /\bprocess\.(env|argv|exit)\b/g)).toEqual([]);
});

async function sources(): Promise<string[]> {
  return [...(await listFiles('', '.ts')), ...(await listFiles('', '.mjs'))];
}

async function eachSource<Result>(look: (file: string) => Promise<Result>): Promise<Result[]> {
  return Promise.all((await sources()).map(look));
}

async function filesImportedBy(file: string): Promise<(string | null)[]> {
  return (await importsOf(file)).map((one) => one.file);
}

/** The files that call a function whose name begins so. */
async function declaring(call: string, files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map(async (file) => [file, await read(file)] as const));
  return texts
    .filter(([, text]) => new RegExp(`^export const \\w+ = ${call}\\w*\\(`, 'm').test(text))
    .map(([file]) => file);
}

async function namesIn(files: readonly string[], pattern: RegExp): Promise<string[]> {
  const texts = await Promise.all(files.map(read));
  return texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

async function matchesIn(files: readonly string[], pattern: RegExp): Promise<string[]> {
  const found = await Promise.all(
    files.map(async (file) => [...(await read(file)).matchAll(pattern)].map((match) => `${file}: ${match[0]}`)),
  );
  return found.flat();
}

function read(file: string): Promise<string> {
  return readFile(path.join(ROOT, file), 'utf8');
}
