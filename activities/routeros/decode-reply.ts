/**
 * Reads a reply's JSON. Comments typed in WinBox reach REST as raw bytes of a Windows code page, and control characters
 * appear unescaped inside strings, so a body that is not UTF-8 is read as Windows-1252 and the characters are escaped
 * before a second try. Throws SyntaxError when it still is not JSON.
 */
export function decodeReply(bytes: Uint8Array): unknown {
  const text = decodeText(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    const repaired = escapeControls(text);
    if (repaired === text) throw error;
    return JSON.parse(repaired);
  }
}

/** Text of a router: UTF-8, or else Windows-1252. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Escapes control characters inside string literals; outside they are white space or a real mistake. */
function escapeControls(text: string): string {
  const parts: string[] = [];
  let inString = false;
  let copiedTo = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) inString = !inString;
    else if (code === BACKSLASH && inString) index += 1;
    else if (code < SPACE && inString) {
      parts.push(text.slice(copiedTo, index), `\\u${code.toString(16).padStart(4, '0')}`);
      copiedTo = index + 1;
    }
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(copiedTo);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
