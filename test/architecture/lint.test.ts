import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { IMPORT_RULES, PACKAGE_HOMES, type ImportRule } from './import-table.ts';
import { ROOT } from './source-files.ts';

/** Files that stand for the places of the project: one file in each folder that has a rule. */
const TARGETS = [
  ...IMPORT_RULES.map(({ folder }) => `${folder}${folder === 'shared/platform/' ? 'config/' : ''}planted.ts`),
  'cli/stack/planted.ts',
];

test('the linter refuses every import between folders that the table refuses, and no other', async () => {
  const cases = IMPORT_RULES.filter(({ folder }) => folder !== 'test/').flatMap((rule) =>
    TARGETS.filter((target) => !target.startsWith(rule.folder)).map((target) => ({
      file: `${rule.folder}deep/${target.replaceAll('/', '-')}`,
      specifier: path.posix.relative(`${rule.folder}deep`, target),
      isAllowed: rule.ours.some((allowed) => target.startsWith(allowed)),
    })),
  );
  const refused = await refusedFiles(cases);
  expect(refused).toEqual(cases.filter((one) => !one.isAllowed).map((one) => one.file));
});

test('the linter refuses packages and Node built-ins where the table refuses them', async () => {
  const pure = IMPORT_RULES.filter(({ packages }) => !packages.test('koa') && !packages.test('node:fs'));
  const cases = pure.flatMap((rule) =>
    ['zod', 'koa', 'node:fs', 'undici', '@temporalio/workflow', '@temporalio/client', '@mikro-orm/core'].map(
      (name) => ({
        file: `${rule.folder}deep/${name.replaceAll(/\W/g, '-')}.ts`,
        specifier: name,
        isAllowed: isPackageAllowed(rule, name),
      }),
    ),
  );
  expect(cases.length).toBeGreaterThan(0);
  const refused = await refusedFiles(cases);
  expect(refused).toEqual(cases.filter((one) => !one.isAllowed).map((one) => one.file));
});

test('the linter keeps the MCP packages and the ORM in their places', async () => {
  const names = ['@modelcontextprotocol/server', '@modelcontextprotocol/sdk', '@mikro-orm/core'];
  const folders = ['activities/', 'mcp-server/http/', 'mcp-server/mcp/', 'cli/tour/', 'shared/platform/telemetry/'];
  const cases = folders.flatMap((folder) =>
    names.map((name) => ({
      file: `${folder}${name.replaceAll(/\W/g, '-')}.ts`,
      specifier: name,
      isAllowed: PACKAGE_HOMES.some((home) => home.name.test(name) && home.homes.includes(folder)),
    })),
  );
  const refused = await refusedFiles(cases);
  expect(refused).toEqual(cases.filter((one) => !one.isAllowed).map((one) => one.file));
});

/** A rule's own list of packages, and not one that belongs to another place. */
function isPackageAllowed({ folder, packages }: ImportRule, name: string): boolean {
  const home = PACKAGE_HOMES.find((one) => one.name.test(name));
  return packages.test(name) && (home === undefined || home.homes.some((one) => folder.startsWith(one)));
}

/** Plants files with one import each beside a copy of the project's lint configuration and asks the real linter. */
async function refusedFiles(planted: readonly { file: string; specifier: string }[]): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'convoy-lint-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await copyFile(path.join(ROOT, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
  for (const { file, specifier } of planted) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), `import { planted } from '${specifier}';\nplanted();\n`);
  }
  const diagnostics = await lint(folder);
  const refused = new Set(diagnostics.map(({ filename }) => filename.replaceAll('\\', '/')));
  return planted.map(({ file }) => file).filter((file) => refused.has(file));
}

interface Diagnostic {
  code: string;
  filename: string;
}

function lint(folder: string): Promise<Diagnostic[]> {
  const program = path.join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint');
  return new Promise((resolve, reject) => {
    // The exit code is 1 when something was found: the report, not the code, is the answer.
    execFile(
      process.execPath,
      [program, '--format', 'json'],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
      (_, out, err) => {
        try {
          const { diagnostics } = JSON.parse(out) as { diagnostics: Diagnostic[] };
          resolve(diagnostics.filter(({ code }) => code === 'eslint(no-restricted-imports)'));
        } catch (cause) {
          reject(new Error(`oxlint gave no report: ${out}${err}`, { cause }));
        }
      },
    );
  });
}
