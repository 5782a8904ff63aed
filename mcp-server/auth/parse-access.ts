import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { Environment } from '../../shared/domain/environment.ts';
import { Role, type DeviceGrant } from '../../shared/domain/principal.ts';
import { nearest } from '../../shared/platform/config/nearest.ts';
import type { AccessFile } from './access-mapping.ts';

const Text = z.string({ error: 'a text' }).min(1, { error: 'a text' });

const Condition = z.strictObject(
  {
    claim: z.union([Text, z.array(Text).min(1)], {
      error: 'the name of a claim, a dotted path into nested claims, or a list of names',
    }),
    equals: z.union([Text, z.number(), z.boolean()], { error: 'a text, a number, true or false' }),
  },
  { error: 'claim and equals' },
);

const Devices = z
  .strictObject(
    {
      all: z.literal(true, { error: 'true, or leave the key out and say which devices' }).optional(),
      environments: listOf(z.enum(Environment.options, { error: Environment.options.join(', ') })),
      tags: listOf(Text),
      ids: listOf(Text),
    },
    { error: 'all, environments, tags, ids' },
  )
  .refine(({ all, ...criteria }) => (all === true) !== Object.values(criteria).some((given) => given !== undefined), {
    error: 'either "all: true", or at least one of environments, tags, ids',
  }) as unknown as z.ZodType<DeviceGrant>;

const Rule = z.strictObject(
  {
    name: Text.max(100).optional(),
    when: oneOrMore(Condition, 'claim and equals, or a list of such conditions that must all hold'),
    roles: z
      .array(z.enum(Role.options, { error: Role.options.join(', ') }), { error: 'a list of roles' })
      .min(1, { error: 'at least one role' }),
    devices: oneOrMore(Devices, '"all: true", or a list of environments, tags, ids: a role without devices is no role'),
  },
  { error: 'name, when, roles, devices' },
);

/** The content of CONVOY_ACCESS_FILE. */
export const AccessFileSchema = z
  .strictObject(
    {
      rules: z.array(Rule, { error: 'a list of rules; an empty one gives nobody anything' }),
      trustUnverifiedEmail: z.boolean({ error: 'true or false' }).optional(),
    },
    { error: 'rules, trustUnverifiedEmail' },
  )
  .superRefine(({ rules }, context) => {
    const names = rules.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (name === undefined || names.indexOf(name) === index) continue;
      context.addIssue({
        code: 'custom',
        path: ['rules', index, 'name'],
        message: 'a name that no other rule has',
      });
    }
  });

export type ParsedAccess = { file: AccessFile; problems: [] } | { file: null; problems: string[] };

/** Reads an access file; all problems at once, each with its line, the key, what was given and what is allowed. */
export function parseAccess(yaml: string): ParsedAccess {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines });
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      ({ linePos, message }) => `line ${linePos?.[0].line ?? 1}: ${message.split('\n')[0]}`,
    );
    return { file: null, problems };
  }
  const content: unknown = document.toJS();
  const parsed = AccessFileSchema.safeParse(content ?? {});
  if (parsed.success) return { file: parsed.data, problems: [] };
  const lineOf = (path: readonly PropertyKey[]) => lines.linePos(offsetOf(document, path)).line;
  const problems = parsed.error.issues.flatMap((issue) =>
    describe(issue, content).map(({ path, text }) => ({ line: lineOf(path), text })),
  );
  return {
    file: null,
    problems: problems.toSorted((a, b) => a.line - b.line).map(({ line, text }) => `line ${line}: ${text}`),
  };
}

function describe(issue: z.core.$ZodIssue, content: unknown): { path: PropertyKey[]; text: string }[] {
  const at = asWritten(content, issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...at, key];
      return {
        path,
        text: `${keyOf(path)} is not known here; allowed is ${issue.message}.${meant(key, issue.message)}`,
      };
    });
  }
  const key = keyOf(at);
  const given = valueAt(content, at);
  if (given === undefined) return [{ path: at, text: `${key} is missing; allowed is ${issue.message}.` }];
  const text = `${key}: given ${show(given)}, allowed is ${issue.message}.${meant(given, issue.message)}`;
  return [{ path: at, text }];
}

function meant(given: unknown, allowed: string): string {
  const near = typeof given === 'string' ? nearest(given, allowed.split(', ')) : null;
  return near === null ? '' : ` Did you mean ${near}?`;
}

/** Where in the text the path leads, or as far as it leads. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const parent: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    const node: unknown = pair?.key ?? (length === 0 ? parent : document.getIn(path.slice(0, length), true));
    const range = node !== null && typeof node === 'object' && 'range' in node ? (node.range as number[] | null) : null;
    if (range?.[0] !== undefined) return range[0];
  }
  return 0;
}

function keyOf(path: readonly PropertyKey[]): string {
  const key = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return key === '' ? 'the file' : key.replace(/^\./, '');
}

/** What is written alone is read as a list of one, and told as it is written. */
function asWritten(content: unknown, path: readonly PropertyKey[]): PropertyKey[] {
  return path.filter(
    (part, index) => typeof part !== 'number' || Array.isArray(valueAt(content, path.slice(0, index))),
  );
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    return (value as Record<PropertyKey, unknown>)[part];
  }, content);
}

function show(given: unknown): string {
  const text = JSON.stringify(given);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** One of them, or a list of at least one. */
function oneOrMore<Item extends z.ZodType>(item: Item, allowed: string) {
  const list = z.array(item, { error: allowed }).min(1, { error: allowed });
  return z.preprocess((given) => (isPlainObject(given) ? [given] : given), list);
}

function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: 'a list' }).min(1, { error: 'a list that is not empty' }).optional();
}

function isPlainObject(given: unknown): boolean {
  return given !== null && typeof given === 'object' && !Array.isArray(given);
}
