import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { AccessFileSchema, type AccessFile } from '../../shared/domain/access-file.ts';
import { keyOf, showGiven, valueAt } from '../../shared/platform/config/given-value.ts';
import { nearest } from '../../shared/platform/config/nearest.ts';

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
  const key = keyOf(at) || 'the file';
  const given = valueAt(content, at);
  if (given === undefined) return [{ path: at, text: `${key} is missing; allowed is ${issue.message}.` }];
  const text = `${key}: given ${showGiven(given)}, allowed is ${issue.message}.${meant(given, issue.message)}`;
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

/** What is written alone is read as a list of one, and told as it is written. */
function asWritten(content: unknown, path: readonly PropertyKey[]): PropertyKey[] {
  return path.filter(
    (part, index) => typeof part !== 'number' || Array.isArray(valueAt(content, path.slice(0, index))),
  );
}
