import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCli } from './support/run-cli.ts';

async function check(yaml: string, ...options: string[]) {
  const file = path.join(await temporaryFolder(), 'policy.yaml');
  await writeFile(file, yaml);
  const { code, stdout, stderr } = await runCli(['policy', 'check', file, ...options]);
  return { code, stdout: stdout.replaceAll(file, 'FILE'), stderr: stderr.replaceAll(file, 'FILE') };
}

const NIGHT =
  'windows: { night: { appliesTo: { all: true }, timeZone: Europe/Berlin, days: [sat], from: 22:00, to: 05:00 } }';

test('convoy policy check shows when windows open, for people and for programs', async () => {
  const at = ['--at', '2026-06-03T12:00:00Z'];
  expect(await check(NIGHT, ...at)).toEqual({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('night   closed  2026-06-06T20:00:00.000Z  2026-06-07T03:00:00.000Z') as string,
  });
  const { stdout } = await check(NIGHT, ...at, '--json');
  expect(JSON.parse(stdout)).toEqual({
    file: 'FILE',
    problems: [],
    windows: [
      { name: 'night', isOpen: false, opensAt: '2026-06-06T20:00:00.000Z', closesAt: '2026-06-07T03:00:00.000Z' },
    ],
    freezes: [],
  });
});

test('convoy policy check tells every problem and ends with 1', async () => {
  const wrong = `${NIGHT}\nquotas: 3\nfrezes: {}`;
  const { code, stdout, stderr } = await check(wrong);
  expect([code, stdout]).toEqual([1, '']);
  const [heading, ...problems] = stderr.trim().split('\n');
  expect(heading).toBe('FILE cannot be used:');
  expect(problems).toEqual([
    '- quotas: given 3, allowed is an object of everyone, roles, principals.',
    expect.stringMatching(/^- frezes is not known here; .* Did you mean freezes\?$/),
  ]);
  expect(JSON.parse((await check(wrong, '--json')).stdout)).toMatchObject({ problems: { length: 2 }, windows: [] });
});
