/**
 * Makes text that a router supplied fit to be shown: control and invisible formatting characters become spaces, and it is
 * cut to `maxLength` characters with an ellipsis. It stays data: nothing in it is ever acted upon.
 */
export function clipText(text: string, maxLength: number): string {
  const printable = text.replace(UNPRINTABLE, ' ');
  return printable.length > maxLength ? `${printable.slice(0, maxLength - 1)}…` : printable;
}

// Bidirectional overrides and zero-width characters can make a line read as something else (Unicode TR 36).
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
