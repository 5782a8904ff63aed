import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../../scripts/reference/pages.ts';
import { ROOT } from './source-files.ts';

const FOLDER = path.join(ROOT, 'docs/reference');
const pages = Object.entries(referencePages());

test.each(pages)(
  'docs/reference/%s is what the tables say; `npm run docs` brings it up to date',
  async (name, text) => {
    expect(await readFile(path.join(FOLDER, name), 'utf8')).toBe(text);
  },
);

test('docs/reference holds only generated pages', async () => {
  expect((await readdir(FOLDER)).sort()).toEqual(pages.map(([name]) => name).sort());
});
