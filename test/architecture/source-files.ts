import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, with a trailing slash. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const NOT_OURS = new Set(['node_modules', '.git', '.convoy', 'coverage']);

/** Paths of all files under a folder of the project whose name ends so, relative to the project, sorted. */
export async function listFiles(folder: string, ending: string): Promise<string[]> {
  const entries = await readdir(path.join(ROOT, folder), { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const file = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : listFiles(file, ending);
      return file.endsWith(ending) ? [file] : [];
    }),
  );
  return nested.flat().sort();
}
