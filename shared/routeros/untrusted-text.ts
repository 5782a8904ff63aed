/**
 * Makes text that people or the network wrote into a router fit to be shown to a person or a model: composed (NFC), hidden
 * characters made visible (`\u{202e}`), links not clickable (`hxxp://`), cut to `maxLength` characters with an ellipsis.
 * `keepsLinks` is for configuration, which is code and would be another one. Cleaning twice is the same as once. It stays data: nothing in it is ever acted upon.
 */
export function cleanText(text: string, maxLength: number, { keepsLinks = false } = {}): string {
  // What is far too long is cut before anything looks at it.
  const seen = text
    .slice(0, maxLength * 4)
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(HIDDEN, visible)
    .replaceAll('](', '] (');
  const clean = keepsLinks ? seen : seen.replaceAll(LINK, defanged);
  return clean.length > maxLength || text.length > maxLength * 4
    ? `${clean.slice(0, maxLength - 1).toWellFormed()}…`
    : clean;
}

/** As `cleanText`, for a value that is one word of RouterOS' own: white space becomes `_`. */
export function cleanWord(text: string, maxLength: number): string {
  return cleanText(text.replaceAll(/\s/g, '_'), maxLength);
}

/**
 * Control and format characters, private use, unassigned ones, and whatever else is not drawn, such as fillers, variation
 * selectors and tags (Unicode 16, chapters 4.5 and 5.21). None of them is part of what a reader sees.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{DI}]/gu;
const LINK = /(?<![a-z\d])(?:(?:https?|ftp|javascript):|file:(?=\/\/)|data:(?=[a-z]+\/))/gi;

/** `hxxps:` and the like, which readers know; other schemes lose the colon that makes them one. */
function defanged(scheme: string): string {
  return DEFANGED[scheme.toLowerCase()] ?? scheme.replace(':', '\\:');
}

const DEFANGED: Readonly<Record<string, string>> = { 'http:': 'hxxp:', 'https:': 'hxxps:', 'ftp:': 'fxp:' };

function visible(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
