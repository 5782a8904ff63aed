import { z } from 'zod';
import { code, table } from './markdown.ts';

/** The part of JSON Schema that our inputs and outputs use. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  format?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  additionalProperties?: boolean | JsonSchema;
}

/** A table of an input's fields with what may be given and what holds when nothing is. */
export function inputFields(schema: z.ZodObject): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  const rows = Object.entries(properties).map(([name, field]) => [
    code(name),
    typeOf(field),
    required.includes(name) ? 'required' : defaultOf(field),
    field.description ?? '',
  ]);
  return rows.length === 0 ? 'No fields.' : table(['Field', 'Type', 'Default', 'Meaning'], rows);
}

/** A table of an output's fields; those of nested objects are named with a dot, those of rows with `[]`. */
export function outputFields(schema: z.ZodObject): string {
  const rows = flatten('', z.toJSONSchema(schema, { io: 'output' }) as JsonSchema);
  return table(['Field', 'Type'], rows);
}

function flatten(prefix: string, { properties = {} }: JsonSchema): string[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const full = `${prefix}${name}`;
    const nested = field.items?.properties ? field.items : field;
    const dots = field.items?.properties ? `${full}[].` : `${full}.`;
    return [[code(full), typeOf(field)], ...(nested.properties ? flatten(dots, nested) : [])];
  });
}

/** What may be given, in words. */
export function typeOf(schema: JsonSchema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(', ');
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}${range(schema.minItems, schema.maxItems)}`;
  if (schema.format === 'date-time') return 'time (ISO 8601, UTC)';
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  return `${schema.type ?? 'any'}${range(schema.minimum, schema.maximum)}`;
}

function range(from: number | undefined, to: number | undefined): string {
  const isEnd = (limit: number | undefined): limit is number =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  if (isEnd(from) && isEnd(to)) return `, ${from} to ${to}`;
  if (isEnd(from)) return `, ${from} or more`;
  return isEnd(to) ? `, ${to} or less` : '';
}

/** What holds when nothing is given. */
export function defaultOf({ default: value }: JsonSchema): string {
  return value === undefined ? 'not set' : code(JSON.stringify(value));
}
