/** Writes docs/reference from the tables in shared/: `npm run docs`. A test fails while the pages are not current. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { referencePages } from './reference/pages.ts';

const folder = new URL('../docs/reference/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(referencePages())) {
  const file = new URL(name, folder);
  await writeFile(file, text);
  console.log(`written: ${fileURLToPath(file)}`);
}
