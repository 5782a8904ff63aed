import { builtinModules } from 'node:module';
import { describe, expect, test } from 'vitest';
import { IMPORT_RULES, PACKAGE_HOMES, type ImportRule } from './import-table.ts';
import { importsOf } from './imports-of.ts';
import { listFiles } from './source-files.ts';

/** Some are known with their prefix only, such as `node:sqlite`. */
const UNPREFIXED = builtinModules.filter((name) => !name.startsWith('node:'));

describe('who may import whom', () => {
  test.each(IMPORT_RULES.map((rule) => [rule.folder, rule] as const))(
    '%s imports only what it may',
    async (_, rule) => {
      const files = (await listFiles(rule.folder, '.ts')).filter((file) => ruleOf(file) === rule);
      expect(files.length, `files of ${rule.folder}`).toBeGreaterThan(0);
      expect(await violations(files, rule)).toEqual([]);
    },
  );

  test('every source file of the project is under one of the rules', async () => {
    const files = (await listFiles('', '.ts')).filter((file) => file.includes('/'));
    expect(files.filter((file) => ruleOf(file) === undefined)).toEqual([]);
  });

  test('packages stay in the places that are built to hide them', async () => {
    const files = (await listFiles('', '.ts')).filter((file) => !file.startsWith('test/'));
    const strays = await Promise.all(
      files.map(async (file) =>
        (await importsOf(file))
          .filter(({ specifier }) => isStray(file, specifier))
          .map(({ specifier }) => `${file} imports ${specifier}`),
      ),
    );
    expect(strays.flat()).toEqual([]);
  });

  test('Node built-ins are written with their prefix', async () => {
    const files = await listFiles('', '.ts');
    const imports = await Promise.all(files.map(async (file) => (await importsOf(file)).map((one) => [file, one])));
    expect(imports.flat().filter(([, one]) => UNPREFIXED.includes((one as { specifier: string }).specifier))).toEqual(
      [],
    );
  });
});

async function violations(files: string[], rule: ImportRule): Promise<string[]> {
  const found = await Promise.all(
    files.map(async (file) =>
      (await importsOf(file))
        .filter((one) =>
          one.file === null
            ? !rule.packages.test(one.specifier)
            : ![rule.folder, ...rule.ours].some((allowed) => one.file?.startsWith(allowed)),
        )
        .map((one) => `${file} imports ${one.specifier}`),
    ),
  );
  return found.flat();
}

function ruleOf(file: string): ImportRule | undefined {
  return IMPORT_RULES.filter(({ folder }) => file.startsWith(folder)).sort(
    (one, other) => other.folder.length - one.folder.length,
  )[0];
}

function isStray(file: string, specifier: string): boolean {
  return PACKAGE_HOMES.some(({ name, homes }) => name.test(specifier) && !homes.some((home) => file.startsWith(home)));
}
