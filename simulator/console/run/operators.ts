import { ScriptError } from '../language/script-error.ts';
import { parseDurationMs } from '../../values/duration.ts';
import { containsAddress, formatIpv4, parseIpv4, parsePrefix } from '../../values/ip-address.ts';
import { Address, ArrayValue, toBoolean, toEntries, toNumber, toText, Time, typeOf, type Value } from './values.ts';
import { matchesPattern } from '../../values/pattern.ts';

/** The value of `left operator right`, but for `&&` and `||`, which do not always look at their right side. */
export function applyBinary(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case '=':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case '<':
      return compare(left, right) < 0;
    case '>':
      return compare(left, right) > 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>=':
      return compare(left, right) >= 0;
    case '~':
      return matches(left, right);
    case 'in':
      return isWithin(left, right);
    case '.':
      return toText(left) + toText(right);
    case ',':
      return new ArrayValue([...toEntries(left), ...toEntries(right)]);
    case '->':
      return member(left, right);
    default:
      return calculate(operator, left, right);
  }
}

export function applyUnary(operator: string, operand: Value): Value {
  const number = toNumber(operand);
  if (number === undefined) throw new ScriptError(`cannot negate ${typeOf(operand)}`);
  return operator === '-' ? -number : ~number;
}

/** A value as a condition. */
export function truth(value: Value): boolean {
  const known = toBoolean(value);
  if (known === undefined) throw new ScriptError('conditional not boolean');
  return known;
}

/** Values of different types are compared by their text, so that `"10" = 10`. */
function isEqual(left: Value, right: Value): boolean {
  if (typeof left === 'boolean' || typeof right === 'boolean') return toBoolean(left) === toBoolean(right);
  if (left instanceof Time || right instanceof Time) return millisecondsOf(left) === millisecondsOf(right);
  return toText(left) === toText(right);
}

function compare(left: Value, right: Value): number {
  const numbers = [comparable(left), comparable(right)];
  const [first, second] = numbers;
  if (first !== undefined && second !== undefined) return first - second;
  const [a, b] = [toText(left), toText(right)];
  return a < b ? -1 : Number(a > b);
}

function comparable(value: Value): number | undefined {
  if (value instanceof Time) return value.milliseconds / 1000;
  if (value instanceof Address) return parseIpv4(value.text);
  return toNumber(value);
}

function millisecondsOf(value: Value): number | undefined {
  if (value instanceof Time) return value.milliseconds;
  if (typeof value === 'string') return parseDurationMs(value);
  const number = toNumber(value);
  return number === undefined ? undefined : number * 1000;
}

function matches(value: Value, pattern: Value): boolean {
  const texts = [...toEntries(value).map((entry) => toText(entry.value)), toText(value)];
  return texts.some((text) => matchesPattern(toText(pattern), text, 's'));
}

function isWithin(value: Value, range: Value): boolean {
  if (range instanceof ArrayValue) return range.entries.some((entry) => isEqual(entry.value, value));
  const prefix = parsePrefix(toText(range));
  const address = parseIpv4(toText(value).split('/')[0] ?? '');
  if (!prefix || address === undefined)
    throw new ScriptError(`cannot check if ${typeOf(value)} is in ${typeOf(range)}`);
  return containsAddress(prefix, address);
}

function member(array: Value, key: Value): Value {
  const entries = toEntries(array);
  if (typeof key === 'number') return entries[key]?.value;
  return entries.findLast((entry) => entry.key === toText(key))?.value;
}

const ARITHMETIC: Readonly<Record<string, ((left: number, right: number) => number) | undefined>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => Math.trunc(left / right),
  '%': (left, right) => left % right,
  '<<': (left, right) => left * 2 ** right,
  '>>': (left, right) => Math.floor(left / 2 ** right),
  '&': (left, right) => Number(BigInt(left) & BigInt(right)),
  '|': (left, right) => Number(BigInt(left) | BigInt(right)),
  '^': (left, right) => Number(BigInt(left) ^ BigInt(right)),
};

function calculate(operator: string, left: Value, right: Value): Value {
  const operation = ARITHMETIC[operator];
  if (!operation) throw new ScriptError('syntax error');
  if ((left instanceof Time || right instanceof Time) && /[+-]/.test(operator)) {
    const [first, second] = [millisecondsOf(left), millisecondsOf(right)];
    if (first !== undefined && second !== undefined) return new Time(operation(first, second));
  }
  if (left instanceof Address && typeof right === 'number' && /[+-]/.test(operator)) {
    const address = parseIpv4(left.text);
    if (address !== undefined) return new Address(formatIpv4(operation(address, right) >>> 0));
  }
  const [first, second] = [toNumber(left), toNumber(right)];
  if (first === undefined || second === undefined) {
    throw new ScriptError(
      `cannot ${WORDS[operator] ?? 'combine'} ${typeOf(left)} ${PREPOSITIONS[operator] ?? 'and'} ${typeOf(right)}`,
    );
  }
  if (second === 0 && (operator === '/' || operator === '%')) throw new ScriptError('division by zero');
  return within64Bits(operation(first, second));
}

/** Numbers are of 64 bits, and begin anew below when they grow beyond. */
function within64Bits(number: number): number {
  if (Number.isSafeInteger(number)) return number;
  return Number.isFinite(number) ? Number(BigInt.asIntN(64, BigInt(Math.trunc(number)))) : 0;
}

const WORDS: Readonly<Record<string, string | undefined>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
};

const PREPOSITIONS: Readonly<Record<string, string | undefined>> = { '+': 'to', '-': 'from', '*': 'by', '/': 'by' };
