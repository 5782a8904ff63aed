/** A path into what a file holds, as people write it: `windows.nights.exceptions[0]`; empty for the whole. */
export function keyOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** What stands there; undefined when nothing does. */
export function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    return (value as Record<PropertyKey, unknown>)[part];
  }, content);
}

/** A value as JSON of at most 80 characters, for a message that says what was given. */
export function showGiven(given: unknown): string {
  const text = JSON.stringify(given);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
