import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  consoleArgument,
  consoleCondition,
  consoleId,
  consoleMenu,
  consoleWord,
  quoteText,
} from '../../../shared/routeros/console-quote.ts';

/** What the console makes of one quoted value: its text, and whatever follows the closing quote. */
function readQuoted(source: string): { text: string; rest: string } {
  expect(source[0]).toBe('"');
  let text = '';
  for (let at = 1; at < source.length; at++) {
    const character = source[at]!;
    if (character === '"') return { text, rest: source.slice(at + 1) };
    if (character === '$') throw new Error('a variable');
    if (character !== '\\') {
      text += character;
      continue;
    }
    at += 1;
    const letter = source[at]!;
    const named = { n: '\n', r: '\r', t: '\t', _: ' ', '\\': '\\', '"': '"', $: '$' }[letter];
    if (named !== undefined) {
      text += named;
      continue;
    }
    const hex = /^[0-9A-F]{2}$/.exec(source.slice(at, at + 2));
    if (!hex) throw new Error(`syntax error at \\${letter}`);
    text += String.fromCharCode(Number.parseInt(hex[0], 16));
    at += 1;
  }
  throw new Error('no closing quote');
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'\\"$;[]{}()\r\n\t =?#_\'`&|'.split(''), '\\22', 'a'), maxLength: 40 }),
);
const holdable = hostile.filter((text) => text.isWellFormed() && !text.includes('\0'));

test.each([
  ['', '""'],
  ['lobby', '"lobby"'],
  ['say "hi"', '"say \\"hi\\""'],
  ['$x', '"\\$x"'],
  ['C:\\new', '"C:\\\\new"'],
  ['a\r\nb\tc', '"a\\r\\nb\\tc"'],
  ['\x07\x7f', '"\\07\\7F"'],
  ['café 日本', '"café 日本"'],
  ['\u0085', '"\u0085"'],
  ['x; /system reboot', '"x; /system reboot"'],
])('%j is written as %s', (text, quoted) => {
  expect(quoteText(text)).toBe(quoted);
});

test('whatever the text is, the console reads it back as it was and nothing is left over', () => {
  fc.assert(
    fc.property(holdable, (text) => {
      expect(readQuoted(quoteText(text))).toEqual({ text, rest: '' });
    }),
    { numRuns: 5_000 },
  );
});

test('a quoted text is one printable line', () => {
  fc.assert(
    fc.property(holdable, (text) => {
      expect(quoteText(text)).not.toMatch(/(?![\u0080-\u009f])\p{Cc}/u);
    }),
    { numRuns: 2_000 },
  );
});

test('an argument that follows a hostile one is still read as itself', () => {
  fc.assert(
    fc.property(holdable, holdable, (first, second) => {
      const line = `${consoleArgument('comment', first)} ${consoleArgument('list', second)}`;
      const { text, rest } = readQuoted(line.slice('comment='.length));
      expect(text).toBe(first);
      expect(rest.startsWith(' list=')).toBe(true);
      expect(readQuoted(rest.slice(' list='.length))).toEqual({ text: second, rest: '' });
    }),
    { numRuns: 2_000 },
  );
});

test.each(['a\0b', '\ud800', 'x\udc00y'])('%j cannot be held by a router and is refused', (text) => {
  expect(() => quoteText(text)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
});

test('ids stay bare in conditions, everything else is quoted', () => {
  expect(consoleCondition('.id', '*1A')).toBe('.id=*1A');
  expect(consoleCondition('address', '10.0.0.1/24')).toBe('address="10.0.0.1/24"');
  expect(consoleCondition('comment', '*1A')).toBe('comment="*1A"');
});

test('what is not quoted has the exact form of an id, a menu or a name, whatever is given', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const [read, form] of [
        [consoleId, /^\*[0-9A-F]+$/],
        [consoleMenu, /^[a-z0-9/-]+$/],
        [consoleWord, /^[a-z0-9.-]+$/],
      ] as const) {
        let accepted: string | null = null;
        try {
          accepted = read(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
        }
        if (accepted !== null) expect(accepted).toMatch(form);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each(['*', '*g1', '*1a', '1A', '*1A ', '*1A\n', '*1A;/system/reboot'])('%j is not an id', (text) => {
  expect(() => consoleId(text)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
});

test.each(['', '/', '/ip/', 'ip/dns', '/ip dns', '/ip/dns\n', '/ip/../user', '/ip//dns', '/IP/dns'])(
  '%j is not a menu',
  (text) => {
    expect(() => consoleMenu(text)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
  },
);

test.each(['/ip/dns', '/ip/firewall/address-list', '/interface/6to4', '/caps-man/access-list'])(
  '%s is a menu',
  (text) => {
    expect(consoleMenu(text)).toBe(text);
  },
);

test.each(['place-before', '.id', 'security.passphrase', 'mac-address'])('%s names an argument', (text) => {
  expect(consoleWord(text)).toBe(text);
});
