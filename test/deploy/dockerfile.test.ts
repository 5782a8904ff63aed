import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, ROOT } from '../architecture/source-files.ts';
import { importsOf } from '../architecture/imports-of.ts';
import { readCompose } from './compose-file.ts';

interface Instruction {
  name: string;
  text: string;
}

test('the image is built on the Node version that developers run, pinned', async () => {
  const { dependencies } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const bases = (await readDockerfile()).filter(({ name }) => name === 'FROM').map(({ text }) => text.split(' ')[0]);
  expect(new Set(bases)).toEqual(new Set([`node:${dependencies['node']}-bookworm-slim`]));
});

test('packages come from the lockfile, without development packages and without install scripts', async () => {
  const installs = (await readDockerfile()).filter(({ name, text }) => name === 'RUN' && text.includes('npm'));
  expect(installs.map(({ text }) => text)).toEqual(['npm ci --omit=dev --ignore-scripts --no-audit --no-fund']);
});

test('what is copied exists, and is let through to the build', async () => {
  const ignore = (await readFile(path.join(ROOT, 'deploy/Dockerfile.dockerignore'), 'utf8')).split('\n');
  const copied = await copiedSources();
  expect(ignore).toContain('**');
  expect(ignore.filter((line) => line.startsWith('!')).sort()).toEqual(copied.map((source) => `!${source}`).sort());
  for (const source of copied) await expect(access(path.join(ROOT, source)), source).resolves.toBeUndefined();
});

test('everything that the copied programs import is copied too', async () => {
  const copied = await copiedSources();
  const files = (await listFiles('', '.ts')).filter((file) => isIn(copied, file) && !file.startsWith('scripts/'));
  const imported = await Promise.all(files.map(async (file) => (await importsOf(file)).map((one) => one.file)));
  const missing = imported.flat().filter((file) => file !== null && !isIn(copied, file));
  expect(missing).toEqual([]);
});

test('the image runs as a user without rights, one process of Convoy by its exact program', async () => {
  const instructions = await readDockerfile();
  const last = (name: string): string | undefined => instructions.findLast((one) => one.name === name)?.text;
  expect(last('USER')).toBe('node');
  expect(JSON.parse(last('CMD') ?? '')).toEqual(['node', 'mcp-server/main.ts']);
  const { services } = await readCompose('deploy/compose.yml');
  for (const [name, { command = [] }] of Object.entries(services)) {
    expect(command[0], name).toBe('node');
    await expect(access(path.join(ROOT, command[1] ?? '')), name).resolves.toBeUndefined();
  }
});

test('the health check asks the process itself on the port of its metrics', async () => {
  const check = (await readDockerfile()).find(({ name }) => name === 'HEALTHCHECK')?.text ?? '';
  const [program, flag, script] = JSON.parse(check.slice(check.indexOf('['))) as string[];
  expect([program, flag]).toEqual(['node', '-e']);
  expect(script).toContain('127.0.0.1:${process.env.CONVOY_METRICS_PORT}/healthz');
});

/** One instruction a line, comments dropped and continued lines joined (docs.docker.com/reference/dockerfile). */
async function readDockerfile(): Promise<Instruction[]> {
  const text = await readFile(path.join(ROOT, 'deploy/Dockerfile'), 'utf8');
  return text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const match = /^([A-Z]+) (.+)$/.exec(line);
      if (!match) throw new Error(`not an instruction: ${line}`);
      return { name: match[1] ?? '', text: match[2] ?? '' };
    });
}

async function copiedSources(): Promise<string[]> {
  return (await readDockerfile())
    .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from='))
    .flatMap(({ text }) => text.split(' ').slice(0, -1))
    .filter((source, index, all) => all.indexOf(source) === index);
}

function isIn(copied: readonly string[], file: string): boolean {
  return copied.some((source) => file === source || file.startsWith(`${source}/`));
}
