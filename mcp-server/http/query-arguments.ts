import type { ParsedUrlQuery } from 'node:querystring';
import type { JsonSchema } from '../call/json-schema.ts';

/**
 * The arguments in a query string, each as its schema wants it: a repeated parameter is a list, digits are a number where
 * a number is wanted. What does not fit stays text, for the schema to refuse by name.
 */
export function queryArguments(
  query: ParsedUrlQuery,
  schema: JsonSchema,
  aliases: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([parameter, given]) => {
      const name = own(aliases, parameter) ?? parameter;
      const { type } = own(schema.properties ?? {}, name) ?? {};
      if (type === 'array') return [name, Array.isArray(given) ? given : [given]];
      return [name, typeof given === 'string' ? converted(given, type) : given];
    }),
  );
}

/** Names come from the address, and every object has members of names nobody gave it. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function converted(text: string, type: JsonSchema['type']): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
