import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../../shared/errors/app-error.ts';
import { parseInput } from '../../../mcp-server/call/parse-input.ts';

const input = z.strictObject({
  name: z.string().max(5),
  side: z.enum(['left', 'right']).optional(),
  count: z.int().min(1).max(3).optional(),
  share: z.number().gt(0).optional(),
  list: z.array(z.string()).min(1).optional(),
  few: z.array(z.string()).max(3).optional(),
  place: z
    .union([z.enum(['top', 'bottom']), z.strictObject({ before: z.string() }), z.strictObject({ after: z.string() })])
    .optional(),
  isWanted: z.boolean().optional(),
  own: z
    .string()
    .refine((text) => text === 'fine', 'only "fine" will do')
    .optional(),
});

function refusalOf(given: unknown): string {
  try {
    parseInput({ input }, given);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
  return 'taken';
}

it('says of a missing argument that has several forms what each form is', () => {
  const needed = z.strictObject({ place: z.union([z.enum(['top']), z.strictObject({ before: z.string() })]) });
  expect(() => parseInput({ input: needed }, {})).toThrow(
    'place: is missing; allowed are "top", or an object is wanted.',
  );
});

describe('what is wrong with an argument is said so that a model knows what to send', () => {
  it.each([
    [{}, 'name: is missing; a text is wanted.'],
    [null, 'arguments: an object is wanted; given was null.'],
    [{ name: 7 }, 'name: a text is wanted; given was 7.'],
    [{ name: 'abcdef' }, 'name: at most 5 characters; given was "abcdef".'],
    [{ name: 'a', side: 'up' }, 'side: allowed are "left", "right"; given was "up".'],
    [{ name: 'a', count: '2' }, 'count: a number is wanted; given was "2".'],
    [{ name: 'a', count: 1.5 }, 'count: a whole number is wanted; given was 1.5.'],
    [{ name: 'a', count: 9 }, 'count: at most 3; given was 9.'],
    [{ name: 'a', count: 0 }, 'count: at least 1; given was 0.'],
    [{ name: 'a', share: 0 }, 'share: more than 0; given was 0.'],
    [{ name: 'a', list: [] }, 'list: at least 1 entries; given was a list of 0.'],
    [{ name: 'a', list: [1] }, 'list[0]: a text is wanted; given was 1.'],
    [{ name: 'a', few: 'abcdef' }, 'few: a list is wanted; given was "abcdef".'],
    [{ name: 'a', place: 'up' }, 'place: allowed are "top", "bottom", or an object is wanted; given was "up".'],
    [{ name: 'a', isWanted: 'yes' }, 'isWanted: true or false is wanted; given was "yes".'],
    [{ name: 'a', own: 'bad' }, 'own: only "fine" will do; given was "bad".'],
  ])('%j', (given, message) => {
    expect(refusalOf(given)).toBe(message);
  });
});
