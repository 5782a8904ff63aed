import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * What is wrong with a value, as something to do: "is missing; a text is wanted". Sentences that a schema brings itself stay
 * as they are; those of zod are worded for programmers.
 */
export function problemText(issue: Issue, value: unknown): string {
  const wanted = isZodsOwn(issue) ? wantedBy(issue) : issue.message;
  return value === undefined && MISSING.has(issue.code) ? `is missing; ${wanted}` : wanted;
}

const MISSING: ReadonlySet<Issue['code']> = new Set(['invalid_type', 'invalid_value', 'invalid_union'] as const);

function isZodsOwn({ message }: Issue): boolean {
  return /^(Invalid input$|Invalid input: expected|Invalid option: expected|Too (small|big): expected) ?/.test(message);
}

function wantedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${KINDS[issue.expected] ?? issue.expected} is wanted`;
    case 'invalid_value':
      return `allowed are ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_union':
      return eitherOf(issue.errors) ?? issue.message;
    default:
      return issue.message;
  }
}

/** What each way to give the value would take, where all of them refuse the value as a whole; null where one is inside of it. */
function eitherOf(ways: readonly (readonly Issue[])[]): string | null {
  const wanted = ways.flat().filter(({ path, code }) => path.length === 0 && code !== 'unrecognized_keys');
  if (wanted.length === 0 || wanted.length < ways.flat().length) return null;
  return [...new Set(wanted.map((issue) => problemText(issue, null)))].join(', or ');
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What a limit counts. */
function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'set' ? ' entries' : '';
}
