/** The text as PostgreSQL can hold it: U+0000, which a router may send and `text` refuses, becomes U+FFFD. */
export function storedText(text: string): string;
export function storedText(text: string | null | undefined): string | null;
export function storedText(text: string | null | undefined): string | null {
  return text?.replaceAll('\0', '\u{FFFD}') ?? null;
}
