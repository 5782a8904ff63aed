import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { listFiles, ROOT } from '../architecture/source-files.ts';

it('of a queue are told by the option that the SDK reads', async () => {
  const files = (await Promise.all(['worker', 'cli', 'test/support'].map((folder) => listFiles(folder, '.ts')))).flat();
  const texts = await Promise.all(files.map((file) => readFile(path.join(ROOT, file), 'utf8')));
  expect(files.filter((_, index) => /maxConcurrent\w+TaskPolls/.test(texts[index] ?? ''))).toEqual([]);
  expect(texts.filter((text) => text.includes('PollerBehavior: pollers(')).length).toBeGreaterThan(1);
});

it('are read from there by the installed SDK, and from nowhere else', async () => {
  const file = path.join(ROOT, 'node_modules/@temporalio/worker/lib/worker-options.js');
  const source = await readFile(file, 'utf8');
  expect(source).toContain('nexusTaskPollerBehavior');
  expect(source).not.toMatch(/maxConcurrent\w+TaskPolls/);
});
