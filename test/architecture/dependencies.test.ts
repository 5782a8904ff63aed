import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'convoy-dependencies-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what is locked is under licences that are allowed, comes with its hash and runs nothing unknown', async () => {
  const { stdout } = await run(process.execPath, ['scripts/check-dependencies.ts', '--offline']);
  expect(stdout).toContain('as allowed');
});

test('a package under another licence, without a hash or with a script of its own is told', async () => {
  const lock = path.join(folder, 'package-lock.json');
  const packages = {
    '': { name: 'convoy' },
    'node_modules/copyleft': { version: '1.0.0', license: 'AGPL-3.0-only', integrity: 'sha512-x' },
    'node_modules/tool': { version: '1.0.0', license: 'MPL-2.0', integrity: 'sha512-x', dev: true },
    'node_modules/silent': { version: '1.0.0', integrity: 'sha512-x' },
    'node_modules/hashless': { version: '1.0.0', license: 'MIT' },
    'node_modules/plain': { version: '1.0.0', license: 'MIT', integrity: 'sha512-x', resolved: 'http://a/b.tgz' },
    'node_modules/runs': { version: '1.0.0', license: 'MIT', integrity: 'sha512-x', hasInstallScript: true },
  };
  await writeFile(lock, JSON.stringify({ packages }));
  const failed = await run(process.execPath, ['scripts/check-dependencies.ts', '--offline', '--lock', lock]).catch(
    (error: unknown) => error as { code: number; stderr: string },
  );
  expect(failed).toMatchObject({ code: 1 });
  for (const name of ['copyleft', 'silent', 'hashless', 'plain', 'runs'])
    expect(failed.stderr).toContain(`dependencies: ${name} `);
  expect(failed.stderr).not.toContain('tool ');
});

test('the bill of materials names every package that ships, and no tool of the tests', async () => {
  const { stdout } = await run('npm', ['run', '--silent', 'sbom'], { maxBuffer: 64 * 2 ** 20 });
  const { bomFormat, components } = JSON.parse(stdout) as { bomFormat: string; components: { name: string }[] };
  expect(bomFormat).toBe('CycloneDX');
  const named = new Set(components.map(({ name }) => name));
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect(Object.keys(dependencies).filter((name) => !named.has(name))).toEqual([]);
  expect(['vitest', 'prettier', 'oxlint', 'typescript', 'playwright-core'].filter((name) => named.has(name))).toEqual(
    [],
  );
});
