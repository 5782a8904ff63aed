import type { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import { isSecretKey } from '../../shared/platform/telemetry/redaction.ts';
import type { Action } from './action.ts';
import { inputSchemaOf, type JsonSchema } from './json-schema.ts';
import { pathText } from './path-text.ts';
import { problemText } from './problem-text.ts';
import { refuseUnstorableText } from './storable-text.ts';

const MAX_PROBLEMS = 5;
const MAX_SHOWN = 100;

/** One thing wrong with the arguments. */
interface Problem {
  path: string;
  message: string;
  given?: string;
  allowed?: string[];
}

/** Parses the arguments; fails with UNKNOWN_FIELD or VALIDATION_ERROR naming each key, what was given, what is allowed. */
export function parseInput(action: Pick<Action, 'input'>, given: unknown): Record<string, unknown> {
  refuseUnstorableText(given);
  const result = action.input.safeParse(given);
  if (result.success) return result.data;
  const issues = withoutConsequences(result.error.issues);
  const problems = issues.flatMap((issue) => problemsOf(issue, given, action));
  const shown = problems.slice(0, MAX_PROBLEMS);
  const isUnknownField = issues.some((issue) => issue.code === 'unrecognized_keys');
  throw new AppError(isUnknownField ? 'UNKNOWN_FIELD' : 'VALIDATION_ERROR', {
    message: shown.map(sentenceOf).join(' '),
    hint: 'Correct the arguments and repeat the call.',
    details: { problems: shown, ...(problems.length > shown.length ? { more: problems.length - shown.length } : {}) },
  });
}

/** Of a value of the wrong kind its limits are not worth a word: a text where a list is wanted is not "too long". */
function withoutConsequences(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const ofWrongKind = new Set(issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => pathText(path)));
  return issues.filter(({ code, path }) => {
    return !(code === 'too_big' || code === 'too_small') || !ofWrongKind.has(pathText(path));
  });
}

function problemsOf(issue: z.core.$ZodIssue, given: unknown, action: Pick<Action, 'input'>): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const allowed = allowedOf(issue) ?? Object.keys(schemaAt(inputSchemaOf(action), issue.path).properties ?? {});
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      message: 'does not exist',
      ...(allowed.length > 0 ? { allowed } : {}),
    }));
  }
  const value = valueAt(given, issue.path);
  const isSecret = issue.path.some((key) => isSecretKey(String(key)));
  return [
    {
      path: pathText(issue.path),
      message: problemText(issue, value),
      ...(value === undefined ? {} : { given: isSecret ? '(hidden)' : show(value) }),
    },
  ];
}

/** Of an object whose schema depends on another field, the schema itself says what may be given. */
function allowedOf(issue: z.core.$ZodIssue & { allowed?: unknown }): string[] | null {
  return Array.isArray(issue.allowed) ? issue.allowed.map(String) : null;
}

function sentenceOf({ path, message, given, allowed }: Problem): string {
  if (allowed !== undefined) return `${path}: this field does not exist; allowed are ${allowed.join(', ')}.`;
  return `${path}: ${message.replace(/\.$/, '')}${given === undefined ? '' : `; given was ${given}`}.`;
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<PropertyKey, unknown>)[key];
  }, given);
}

function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema {
  return path.reduce<JsonSchema>((at, key) => {
    const next = typeof key === 'number' ? at.items : at.properties?.[String(key)];
    return next ?? {};
  }, schema);
}

/** Lists and objects by their kind only: their unknown fields may hold anything, and this text is recorded. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
