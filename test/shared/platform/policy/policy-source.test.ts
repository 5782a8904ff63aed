import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_POLICY } from '../../../../shared/domain/policy/policy.ts';
import { openPolicy } from '../../../../shared/platform/policy/policy-source.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const MARKER = (marker: string): string => `protected: { marker: "${marker}" }`;

test('a changed file is taken anew, and a broken one is logged while the policy before it stays', async () => {
  const { file, log, lines } = await policyFile(MARKER('first'));
  const policy = await openPolicy({ file, log, lookMs: 20 });
  onTestFinished(() => policy.close());
  expect(policy.current().protected.marker).toBe('first');

  await writeFile(file, MARKER('second'));
  await expect.poll(() => policy.current().protected.marker).toBe('second');

  await writeFile(file, 'windws: {}');
  await expect
    .poll(() => lines.at(-1))
    .toMatchObject({
      level: 'error',
      message: 'policy file cannot be used; the one before it stays',
      err: { code: 'INVALID_CONFIGURATION', message: expect.stringContaining('windws is not known here') as string },
    });
  expect(policy.current().protected.marker).toBe('second');
});

test('is read again when asked to, and not before', async () => {
  const { file, log } = await policyFile(MARKER('first'));
  const policy = await openPolicy({ file, log, lookMs: 3_600_000 });
  onTestFinished(() => policy.close());
  await writeFile(file, MARKER('second'));
  expect(policy.current().protected.marker).toBe('first');
  await policy.reload();
  expect(policy.current().protected.marker).toBe('second');
});

test('a process does not start with a file that cannot be used, and needs none', async () => {
  const { file, log } = await policyFile('quotas: 3');
  await expect(openPolicy({ file, log })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    details: { problems: ['quotas: given 3, allowed is an object of everyone, roles, principals.'] },
  });
  await expect(openPolicy({ file: `${file}.gone`, log })).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
  expect((await openPolicy({ file: undefined, log })).current()).toEqual(DEFAULT_POLICY);
});

async function policyFile(yaml: string) {
  const file = path.join(await temporaryFolder(), 'policy.yaml');
  await writeFile(file, yaml);
  const lines: { level: string; message: string; err?: unknown }[] = [];
  const note = (level: string) => (fields: { err?: unknown }, message: string) =>
    void lines.push({ level, message, err: fields.err });
  return { file, lines, log: { info: note('info'), error: note('error') } as never };
}
