import type { Arguments } from '../engine/definition.ts';
import { RouterError } from '../engine/router-error.ts';

/** Keys whose value is a list of words; everywhere else an array is joined with commas. */
const WORD_LISTS = new Set(['.query', '.proplist']);

/**
 * Reads a JSON object into command arguments. Numbers and booleans become text, null becomes the empty text. A body
 * that is not a JSON object is answered 400 without a detail (the device's text is not known).
 */
export function readArguments(body: Buffer): Arguments {
  if (body.length === 0) return new Map();
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new RouterError(400);
  return new Map(Object.entries(parsed).map(([name, value]) => [name, argument(name, value)]));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new RouterError(400);
    throw error;
  }
}

function argument(name: string, value: unknown): string | readonly string[] {
  if (Array.isArray(value)) {
    const words = value.map(scalar);
    return WORD_LISTS.has(name) ? words : words.join(',');
  }
  return scalar(value);
}

function scalar(value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new RouterError(400);
}
