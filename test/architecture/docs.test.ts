import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../../cli/commands/program.ts';
import { isErrorCode } from '../../shared/errors/codes.ts';
import { VARIABLES } from '../../shared/platform/config/variables.ts';
import { METRICS } from '../../shared/platform/telemetry/metrics.ts';
import { listFiles, ROOT } from './source-files.ts';

const pages = await Promise.all(
  (await listFiles('', '.md')).map(async (file) => ({ file, text: await readFile(path.join(ROOT, file), 'utf8') })),
);

test('every link between pages leads to a file, and to a heading in it', async () => {
  const broken: string[] = [];
  for (const { file, text } of pages) {
    for (const link of found(text, /\]\((?!https?:)([^)\s]+)\)/g)) {
      const [target = '', anchor] = link.split('#');
      const linked = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
      if (!(await isLinkGood(linked, anchor))) broken.push(`${file}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});

test('every npm script that a page names exists', async () => {
  const { scripts } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(unknownIn(/\bnpm run ([a-z-]+)/g, (name) => name in scripts)).toEqual([]);
});

test('every command of convoy that a page names exists', () => {
  expect(unknownIn(/(?:npx |`)convoy ((?:[a-z][a-z-]*(?: |\b))+)/g, isCommand)).toEqual([]);
});

test('every environment variable that a page names is one the program knows', () => {
  const forDeployment = ['CONVOY_UID', 'CONVOY_GID', 'CONVOY_TEMPORAL_RETENTION'];
  const isKnown = (name: string): boolean => name in VARIABLES || forDeployment.includes(name);
  expect(unknownIn(/\b(CONVOY_[A-Z_]+[A-Z])\b(?!_?…)/g, isKnown)).toEqual([]);
});

test('every error code and metric that a page names is in the tables', () => {
  const codes = /`((?:DEVICE|PLAN|APPROVAL|OUTCOME|LANE|SERVICE)_[A-Z_]+)`/g;
  expect(unknownIn(codes, isErrorCode)).toEqual([]);
  const names = new Set<string>(Object.values(METRICS).map(({ name }) => name));
  expect(unknownIn(/`(convoy_[a-z_]+)`/g, (name) => names.has(name))).toEqual([]);
});

test('every file and folder that a page names in code exists', async () => {
  const missing: string[] = [];
  const named =
    /`((?:shared|workflows|activities|worker|mcp-server|simulator|cli|scripts|deploy|docs|test)\/[\w./-]+)`/g;
  for (const { file, text } of pages) {
    for (const name of found(text, named)) {
      const at = file.startsWith('simulator/') ? `simulator/${name}` : name;
      if (!(await exists(name)) && !(await exists(at)) && !MADE_LATER.test(name)) missing.push(`${file}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
});

test('every test that the security page names has the title it is named by', async () => {
  const page = await readFile(path.join(ROOT, 'docs/explanation/security.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  const named = rows.flatMap((row) => {
    const [, ...parts] = row.split(/`(test\/[\w./-]+\.ts)`/);
    return Array.from({ length: parts.length / 2 }, (_, index) => ({
      file: parts[2 * index] ?? '',
      titles: [...(parts[2 * index + 1] ?? '').matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
    }));
  });
  expect(named.length).toBeGreaterThan(50);
  for (const { file, titles } of named) {
    const source = (await readFile(path.join(ROOT, file), 'utf8')).replaceAll(/\\'|’/g, "'");
    for (const title of titles)
      for (const part of title.split('…')) expect(source, `${file}: ${title}`).toContain(part.trim());
  }
});

/** Made for each deployment, and therefore not in the repository. */
const MADE_LATER = /^deploy\/(secrets|rules|convoy\.env$)/;

/** What pages name and nobody knows, with the page. */
function unknownIn(pattern: RegExp, isKnown: (name: string) => boolean): string[] {
  return pages.flatMap(({ file, text }) =>
    found(text, pattern)
      .filter((name) => !isKnown(name))
      .map((name) => `${file}: ${name}`),
  );
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => (match[1] ?? '').trim());
}

/** Words after `convoy` up to the first that is an argument. */
function isCommand(words: string): boolean {
  let at: Command = createProgram();
  for (const word of words.split(' ')) {
    const next = at.commands.find((command) => command.name() === word);
    if (!next) return at.commands.length === 0;
    at = next;
  }
  return true;
}

async function isLinkGood(file: string, anchor: string | undefined): Promise<boolean> {
  if (!(await exists(file))) return false;
  if (anchor === undefined) return true;
  const text = await readFile(path.join(ROOT, file), 'utf8');
  return found(text, /^#+ (.+)$/gm).some((heading) => slugOf(heading) === anchor);
}

/** The anchor that GitHub gives a heading. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

async function exists(file: string): Promise<boolean> {
  return access(path.join(ROOT, file)).then(
    () => true,
    () => false,
  );
}
