import { cleanText } from '../../shared/routeros/untrusted-text.ts';

/** Text of a router or a person inside a text of ours: cleaned, on one line, in quotes, so that it ends where it ends. */
export function quoted(text: string, maxLength = 256): string {
  return JSON.stringify(cleanText(text, maxLength));
}
