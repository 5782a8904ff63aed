import type { RouterRecord } from './router.ts';

/**
 * What `:put [… print as-value]` printed, as records; a new one begins at every `.id`, and a menu of one record has none.
 * Values are as the console writes them. One that holds `;` and something like `name=` cannot be told from two.
 */
export function parseAsValue(text: string): RouterRecord[] {
  const line = text.replace(/(?:\r?\n)+$/, '');
  const keys = [...line.matchAll(KEY)];
  const records: Record<string, string>[] = [];
  for (const [at, match] of keys.entries()) {
    const key = match[1]!;
    const value = line.slice(match.index + match[0].length, keys[at + 1]?.index);
    if (records.length === 0 || key === '.id') records.push({});
    records.at(-1)![key] = value;
  }
  return records;
}

/** At the very beginning, or after the `;` that ends the value before. */
const KEY = /(?:^|;)(\.?[a-z0-9]+(?:[.-][a-z0-9]+)*)=/g;
