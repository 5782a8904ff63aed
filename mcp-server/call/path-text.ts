/** Where in the arguments, for people: `selector.tags[1]`; "arguments" for the whole. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'arguments';
}
