/** Text of people and devices as data in a card or a summary: on one line, and unable to forge what is around it. */
export function fenced(text: string, atMost = 120): string {
  return `\`${text.replace(/[`|\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').slice(0, atMost)}\``;
}
