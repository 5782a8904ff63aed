import { HttpRefusal } from './problem.ts';

/** What matters of a JSON text: strings as a whole, so that nothing in them is taken for structure, and its brackets. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[[\]{}]/g;

const SHOWN_NAME_CHARS = 40;

/**
 * Refuses (422) an object that has a name twice, in a text that is known to be JSON. Of two values this process would take
 * the last and a proxy, a log or a person who reads along perhaps the first: `{"dryRun":true,"dryRun":false}` writes.
 */
export function refuseRepeatedNames(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (const [token, colon] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) note(open.at(-1), token.slice(0, -colon.length));
  }
}

function note(names: Set<string> | null | undefined, quoted: string): void {
  // Escapes are undone: "dry\u0052un" is the name dryRun.
  const name = JSON.parse(quoted) as string;
  if (names?.has(name) === true) {
    const shown = name.slice(0, SHOWN_NAME_CHARS).toWellFormed();
    throw new HttpRefusal(422, `${shown}: is there twice in one object.`, 'Send each field once.');
  }
  names?.add(name);
}
