import { randomInt } from 'node:crypto';
import { ScriptError } from '../language/script-error.ts';
import type { Command } from '../language/syntax-tree.ts';
import { optional, required, requiredText } from './arguments.ts';
import type { Builtin } from './builtin.ts';
import type { Frame, Steps } from './script-run.ts';
import { ArrayValue, arrayOf, type Entry, toNumber, toText, type Value } from './values.ts';

/** Commands that make, change and read texts and numbers. */
export const TEXT_COMMANDS: Readonly<Record<string, Builtin>> = {
  convert: { positional: ['value'], named: ['from', 'to'], run: convert },
  deserialize: {
    positional: ['value'],
    named: ['from', 'delimiter', 'options'],
    since: '7.13',
    *run(command, frame) {
      const text = yield* requiredText(command, 'value', frame);
      if ((yield* requiredText(command, 'from', frame)) !== 'json') throw noMatch('from');
      return fromJson(text);
    },
  },
  range: {
    positional: ['from', 'to'],
    since: '7.19',
    *run(command, frame) {
      const from = yield* requiredNumber(command, 'from', frame);
      const to = yield* requiredNumber(command, 'to', frame);
      return arrayOf(Array.from({ length: bounded(to - from + 1) }, (_, index) => from + index));
    },
  },
  rndnum: {
    positional: ['from', 'to'],
    *run(command, frame) {
      const from = yield* requiredNumber(command, 'from', frame);
      return randomInt(from, (yield* requiredNumber(command, 'to', frame)) + 1);
    },
  },
  rndstr: {
    positional: ['length'],
    named: ['from'],
    *run(command, frame) {
      const length = bounded(toNumber(yield* optional(command, 'length', frame)) ?? 16);
      const letters = toText(yield* optional(command, 'from', frame)) || LETTERS;
      return Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join('');
    },
  },
  tocrlf: {
    positional: ['input'],
    since: '7.13',
    *run(command, frame) {
      return (yield* requiredText(command, 'input', frame)).replaceAll(/\r?\n/g, '\r\n');
    },
  },
  tolf: {
    positional: ['input'],
    since: '7.13',
    *run(command, frame) {
      return (yield* requiredText(command, 'input', frame)).replaceAll('\r\n', '\n');
    },
  },
};

/** A length that this process can hold. */
function bounded(length: number): number {
  if (length > LARGEST_LENGTH) throw new ScriptError('interrupted');
  return Math.max(0, length);
}

const LARGEST_LENGTH = 1_000_000;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const noMatch = (name: string): ScriptError => new ScriptError(`input does not match any value of ${name}`);

/** Between plain text, `base64` and `hex`. */
function* convert(command: Command, frame: Frame): Steps {
  const text = yield* requiredText(command, 'value', frame);
  const from = toText(yield* optional(command, 'from', frame)) || 'raw';
  const to = toText(yield* optional(command, 'to', frame)) || 'raw';
  const [source, target] = [ENCODINGS[from], ENCODINGS[to]];
  if (!source) throw noMatch('from');
  if (!target) throw noMatch('to');
  return Buffer.from(text, source).toString(target);
}

const ENCODINGS: Readonly<Record<string, BufferEncoding | undefined>> = { raw: 'utf8', base64: 'base64', hex: 'hex' };

function* requiredNumber(command: Command, name: string, frame: Frame): Steps<number> {
  const number = toNumber(yield* required(command, name, frame));
  if (number === undefined) throw new ScriptError(`invalid value for argument ${name}`);
  return number;
}

function fromJson(text: string): Value {
  try {
    return toValue(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ScriptError('failure: invalid JSON');
    throw error;
  }
}

function toValue(json: unknown): Value {
  if (typeof json === 'string' || typeof json === 'boolean') return json;
  if (typeof json === 'number') return Number.isInteger(json) ? json : String(json);
  if (typeof json !== 'object' || json === null) return undefined;
  if (Array.isArray(json)) return arrayOf(json.map(toValue));
  return new ArrayValue(Object.entries(json).map(([key, value]): Entry => ({ key, value: toValue(value) })));
}
