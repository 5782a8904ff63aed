import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './source-files.ts';

export interface Import {
  /** As written. */
  specifier: string;
  /** The imported file's path in the project; null for a package or a Node built-in. */
  file: string | null;
}

// Prettier puts every import and re-export at the beginning of a line, which no comment of ours imitates.
const STATIC = /^(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'/gm;
const BARE = /^import\s*'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'/g;

/** Everything a file imports: values, types, re-exports and dynamic imports of a literal. */
export async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(path.join(ROOT, file), 'utf8');
  return [STATIC, BARE, DYNAMIC]
    .flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''))
    .map((specifier) => ({
      specifier,
      file: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : null,
    }));
}
