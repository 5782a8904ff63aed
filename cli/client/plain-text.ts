/**
 * Text from elsewhere made safe for a terminal: control characters could move the cursor or hide lines, and direction
 * marks could reorder them, so both are spelled out.
 */
export function plainText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
