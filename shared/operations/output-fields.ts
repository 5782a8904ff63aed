import { z } from 'zod';
import { cleanText, cleanWord } from '../routeros/untrusted-text.ts';

/** Marks a field of an answer whose text people or the network wrote; in schemas it is `x-untrusted`. */
export const UNTRUSTED = 'x-untrusted';
/** Marks a field of an answer that holds one word of RouterOS' own. */
export const WORD = 'x-word';

/**
 * Text that people or the network wrote: names, comments, host names, log lines. It is cleaned when an answer is checked
 * against its schema, so that no handler can forget to.
 */
export function untrusted(maxLength: number, options: { keepsLinks?: boolean } = {}) {
  return z
    .string()
    .overwrite((text) => cleanText(text, maxLength, options))
    .meta({ [UNTRUSTED]: true });
}

/** A name somebody gave to an interface, list, server or the like. */
export const Name = untrusted(128);
export const CommentText = untrusted(512).nullable();
export const LogLine = untrusted(1024);

/** A word of RouterOS' own, such as a state, type, version, address or MAC address; at most `maxLength` characters. */
export function word(maxLength = 64) {
  return z
    .string()
    .overwrite((text) => cleanWord(text, maxLength))
    .meta({ [WORD]: true });
}

export const Word = word();
/** The instant, ISO 8601 UTC; null when the router printed no readable time. */
export const Time = z.iso.datetime().nullable();

/** Paths of texts in the schema of an answer that are declared as neither; `define…` refuses them at load. */
export function undeclaredTexts(schema: z.ZodType): string[] {
  return textsOf(z.toJSONSchema(schema) as Schema, '', (field) => !isDeclared(field));
}

/** Names of the fields of an answer that hold untrusted text, such as `leases[].hostName`. */
export function untrustedFields(schema: z.ZodType): string[] {
  return textsOf(
    z.toJSONSchema(schema, { unrepresentable: 'any' }) as Schema,
    '',
    (field) => field[UNTRUSTED] === true,
  );
}

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  [keyword: string]: unknown;
}

function textsOf(schema: Schema, path: string, wanted: (field: Schema) => boolean): string[] {
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    textsOf(field, path === '' ? name : `${path}.${name}`, wanted),
  );
  const { items, additionalProperties } = schema;
  if (items !== undefined) inside.push(...textsOf(items, `${path}[]`, wanted));
  if (typeof additionalProperties === 'object') inside.push(...textsOf(additionalProperties, `${path}.*`, wanted));
  for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) inside.push(...textsOf(one, path, wanted));
  const own = schema.type === 'string' && wanted(schema) ? [path] : [];
  return [...new Set([...own, ...inside])];
}

function isDeclared(field: Schema): boolean {
  return [UNTRUSTED, WORD, 'enum', 'const', 'format', 'pattern'].some((keyword) => keyword in field);
}
