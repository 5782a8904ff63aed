/** The text as PostgreSQL can hold it: U+0000, which a router may send and `text` refuses, becomes U+FFFD. */
export function storedText(text: string): string;
export function storedText(text: string | null | undefined): string | null;
export function storedText(text: string | null | undefined): string | null {
  return text?.replaceAll('\0', '\u{FFFD}') ?? null;
}

/** The value as JSON that PostgreSQL can hold: what `jsonb` refuses, U+0000 and halves of pairs, becomes U+FFFD. */
export function storedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][\da-f]{2})/g, '$1\u{FFFD}');
}
