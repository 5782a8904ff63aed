import { parseDurationMs } from '../../values/duration.ts';
import { isIpAddress } from '../../values/ip-address.ts';
import { ScriptError } from '../language/script-error.ts';
import type { Command } from '../language/syntax-tree.ts';
import { optional, required, requiredCode, requiredText } from './arguments.ts';
import type { Builtin } from './builtin.ts';
import { parseToValue } from './parse-command.ts';
import { untilReturn } from './run-statements.ts';
import type { Frame, Steps } from './script-run.ts';
import { toJson } from './serialize.ts';
import {
  Address,
  ArrayValue,
  arrayOf,
  Code,
  fromWord,
  Id,
  Time,
  toBoolean,
  toEntries,
  toNumber,
  toText,
  typeOf,
  type Value,
} from './values.ts';

/** Commands that answer a value. */
export const FUNCTION_COMMANDS: Readonly<Record<string, Builtin>> = {
  len: { positional: ['value'], run: ofValue((value) => lengthOf(value)) },
  pick: { positional: ['counter', 'begin', 'end'], run: pick },
  find: { positional: ['in', 'key', 'from'], run: find },
  typeof: { positional: ['value'], run: ofValue(typeOf) },
  tostr: { positional: ['value'], run: ofValue(toText) },
  tonum: { positional: ['value'], run: ofValue(toNumber) },
  tobool: { positional: ['value'], run: ofValue(toBoolean) },
  tonsec: {
    positional: ['value'],
    run: ofValue((value) => (value instanceof Time ? value.milliseconds * 1_000_000 : undefined)),
  },
  toid: { positional: ['value'], run: ofValue((value) => new Id(toText(value))) },
  toip: { positional: ['value'], run: ofValue(toAddress((text) => isIpAddress(text) && !text.includes(':'))) },
  toip6: { positional: ['value'], run: ofValue(toAddress((text) => isIpAddress(text) && text.includes(':'))) },
  totime: { positional: ['value'], run: ofValue(toTime) },
  toarray: { positional: ['value'], run: ofValue(toArray) },
  parse: {
    positional: ['value'],
    *run(command, frame) {
      return parseToValue(yield* requiredText(command, 'value', frame), frame.run.names);
    },
  },
  serialize: {
    positional: ['value'],
    named: ['to', 'options', 'delimiter', 'order'],
    since: '7.13',
    *run(command, frame) {
      const value = yield* required(command, 'value', frame);
      const to = toText(yield* required(command, 'to', frame));
      if (to !== 'json') throw new ScriptError('input does not match any value of to');
      return toJson(value, toText(yield* optional(command, 'options', frame)).includes('json.pretty'));
    },
  },
  time: {
    positional: ['command'],
    code: ['command'],
    *run(command, frame) {
      const { clock } = frame.run.router;
      const start = clock.uptimeMs();
      yield* untilReturn(yield* requiredCode(command, 'command', frame), frame);
      return new Time(clock.uptimeMs() - start);
    },
  },
  timestamp: {
    positional: [],
    // eslint-disable-next-line require-yield
    *run(_command, frame) {
      return new Time(frame.run.router.clock.now());
    },
  },
};

function ofValue(convert: (value: Value) => Value): Builtin['run'] {
  return function* run(command, frame) {
    return convert(yield* required(command, 'value', frame));
  };
}

function lengthOf(value: Value): number {
  return value instanceof ArrayValue ? value.entries.length : Buffer.byteLength(toText(value));
}

/** From `begin` up to but without `end`; without `end` one member. */
function* pick(command: Command, frame: Frame): Steps {
  const value = yield* required(command, 'counter', frame);
  const begin = toNumber(yield* required(command, 'begin', frame)) ?? 0;
  const end = toNumber(yield* optional(command, 'end', frame));
  if (!(value instanceof ArrayValue)) return toText(value).slice(begin, end ?? begin + 1);
  return end === undefined ? value.entries[begin]?.value : new ArrayValue(value.entries.slice(begin, end));
}

/** Place of the first match after `from` (which is not looked at); nothing when there is none. */
function* find(command: Command, frame: Frame): Steps {
  const value = yield* required(command, 'in', frame);
  const key = toText(yield* required(command, 'key', frame));
  const start = toNumber(yield* optional(command, 'from', frame)) ?? -1;
  const found =
    value instanceof ArrayValue
      ? value.entries.findIndex((entry, index) => index > start && toText(entry.value) === key)
      : toText(value).indexOf(key, start + 1);
  return found === -1 ? undefined : found;
}

function toAddress(accepts: (text: string) => boolean): (value: Value) => Value {
  return (value) => {
    const text = toText(value);
    return accepts(text) ? new Address(text) : undefined;
  };
}

function toTime(value: Value): Value {
  if (value instanceof Time) return value;
  const milliseconds = parseDurationMs(toText(value));
  return milliseconds === undefined ? undefined : new Time(milliseconds);
}

/** A comma list becomes an array. */
function toArray(value: Value): Value {
  if (value instanceof ArrayValue || value instanceof Code) return value;
  if (typeof value !== 'string') return new ArrayValue(toEntries(value));
  return arrayOf(
    value
      .split(/[,;]/)
      .filter((member) => member !== '')
      .map(fromWord),
  );
}
