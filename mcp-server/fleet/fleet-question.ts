import { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Operation, ReadOperation } from '../../shared/operations/define-operation.ts';
import { parseInput } from '../call/parse-input.ts';

/** What many devices are asked: one read of the catalogue, with arguments that are checked once for all of them. */
export interface FleetQuestion {
  operation: ReadOperation;
  input: Record<string, unknown>;
}

/** Reads a question; fails with VALIDATION_ERROR or UNKNOWN_FIELD as the operation's own tool would. */
export type ParseQuestion = (name: string, given: unknown) => FleetQuestion;

/** Entries of a list from each device, where the caller names no number: many short answers are read more than few long ones. */
const USUAL_ENTRIES = 10;
const MOST_NEAR_NAMES = 5;

export function createQuestionParser(operations: readonly Operation[]): ParseQuestion {
  const questions = new Map(
    operations.filter(isFleetRead).map((operation) => [operation.name, { operation, input: inputOf(operation) }]),
  );
  return (name, given) => {
    const question = questions.get(name);
    if (question === undefined) throw refusal(name, operations, [...questions.keys()]);
    const { operation, input } = question;
    const parsed = parseInput({ input }, { arguments: given ?? {} }) as { arguments: Record<string, unknown> };
    return { operation, input: parsed.arguments };
  };
}

/** What takes a flag of the device is for that one device: whoever asks for it has looked at it before. */
function isFleetRead(operation: Operation): operation is ReadOperation {
  return operation.effect === 'read' && operation.flag === undefined;
}

/** The operation's own schema; pages of a device's list are not turned here, so a position is not taken. */
function inputOf({ page, input }: ReadOperation): z.ZodObject {
  if (page === undefined) return z.strictObject({ arguments: input });
  const limit = (input.shape['limit'] as z.ZodDefault<z.ZodInt>).unwrap().default(USUAL_ENTRIES);
  return z.strictObject({ arguments: input.omit({ offset: true } as never).safeExtend({ limit }) });
}

function refusal(name: string, operations: readonly Operation[], readable: string[]): AppError {
  const other = operations.find((operation) => operation.name === name);
  const near = nearNames(name, readable);
  return new AppError('VALIDATION_ERROR', {
    message:
      other === undefined
        ? `operation: there is no read named "${name.slice(0, 64)}".`
        : other.effect === 'write'
          ? `operation: ${name} changes devices; here they are only read.`
          : `operation: ${name} is asked of one device at a time.`,
    hint: `${near.length === 0 ? 'Some that exist' : 'Near it are'}: ${(near.length === 0 ? readable.slice(0, MOST_NEAR_NAMES) : near).join(', ')}.`,
    details: { operation: name.slice(0, 64), near },
  });
}

/** Names that share most words with what was given; words differ by an ending at most ("route", "routes"). */
function nearNames(given: string, names: readonly string[]): string[] {
  const wanted = wordsOf(given);
  return names
    .map((name) => ({ name, shared: wordsOf(name).filter((word) => wanted.some((one) => areAlike(one, word))).length }))
    .filter(({ shared }) => shared > 0)
    .toSorted((a, b) => b.shared - a.shared)
    .slice(0, MOST_NEAR_NAMES)
    .map(({ name }) => name);
}

/** Verbs that half of the names begin with say nothing. */
const EMPTY_WORDS = new Set(['get', 'list', 'read', 'show', 'status']);

function wordsOf(name: string): string[] {
  const words = name
    .slice(0, 64)
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.filter((word) => word.length > 1 && !EMPTY_WORDS.has(word));
}

function areAlike(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
