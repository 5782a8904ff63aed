import type { JsonSchema } from '../call/json-schema.ts';

/**
 * How much of its schemas a tool's listing tells: all that helps to call it and to read its answer, or, where many tools are
 * listed at once, what may be given and the names of what comes back. Every call is checked by the whole schema anyway.
 */
export type ListedDepth = 'full' | 'lean';

/** Fields that every refusal has and no good answer; 2025 clients check refusals against the tool's schema too. */
const REFUSAL_FIELDS = ['code', 'message', 'retryable', 'correlationId'];
/** Fields of an answer that is not there yet; `get_call` gives it. */
const HANDLE_FIELDS = ['callId', 'pollAfterSeconds'];
/** Fields of most answers, which say nothing about one tool. */
const USUAL_FIELDS = new Set(['deviceId', 'deviceName', 'observedAt', 'source', '_note', 'total', 'nextCursor']);
/** Limits that a model meets anyway or is told of when it does not. */
const LIMITS = new Set(['minLength', 'maxLength', 'minItems', 'maxItems', 'pattern']);
/** Limits of a number; of an option, its default says as well what it is like. */
const RANGE = new Set(['minimum', 'maximum']);

export function listedInput(schema: JsonSchema, depth: ListedDepth): JsonSchema {
  return depth === 'full' ? schema : { ...leanInput(schema), additionalProperties: false };
}

/** A good answer, a refusal and the handle of a call that takes long conform, whatever the depth. */
export function listedOutput({ properties = {}, required }: JsonSchema, depth: ListedDepth): JsonSchema {
  if (depth === 'lean') return { type: 'object', properties: namesOf(properties) };
  return {
    type: 'object',
    properties: mapFields(properties, compact),
    anyOf: [
      { required: Array.isArray(required) ? required : [] },
      { required: REFUSAL_FIELDS },
      { required: HANDLE_FIELDS },
    ],
  };
}

function leanInput({ properties, items, additionalProperties, ...rest }: JsonSchema, depth = 0): JsonSchema {
  const leanField = (field: JsonSchema): JsonSchema => leanInput(field, depth + 1);
  return {
    ...Object.fromEntries(
      Object.entries(rest).filter(([keyword, value]) => !isLimit(keyword, rest, depth) && !saysNothing(value)),
    ),
    ...(properties === undefined ? {} : { properties: mapFields(properties, leanField) }),
    ...(items === undefined ? {} : { items: leanField(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties } : {}),
  };
}

function isLimit(keyword: string, schema: JsonSchema, depth: number): boolean {
  return LIMITS.has(keyword) || (RANGE.has(keyword) && 'default' in schema && depth > 1);
}

/** A default of nothing. */
function saysNothing(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** The fields of an answer by their names, and those of the entries of its lists. */
function namesOf(fields: Record<string, JsonSchema>, isEntry = false): Record<string, JsonSchema> {
  const own = Object.entries(fields).filter(([name]) => !USUAL_FIELDS.has(name));
  return Object.fromEntries(
    own.map(([name, field]) => {
      const { properties } = withoutNull(field).items ?? {};
      const isTold = properties !== undefined && !isEntry;
      return [name, isTold ? { items: { properties: namesOf(properties, true) } } : {}];
    }),
  );
}

/** Types, choices and who wrote a text, without the limits and descriptions that only matter to whoever answers. */
function compact(schema: JsonSchema): JsonSchema {
  const { type, properties, items, additionalProperties, ...rest } = withoutNull(schema);
  return {
    ...(type === undefined ? {} : { type }),
    ...Object.fromEntries(Object.entries(rest).filter(([keyword]) => KEPT.has(keyword))),
    ...(Array.isArray(rest['anyOf']) ? { anyOf: (rest['anyOf'] as JsonSchema[]).map(compact) } : {}),
    ...(properties === undefined ? {} : { properties: mapFields(properties, compact) }),
    ...(items === undefined ? {} : { items: compact(items) }),
    ...(properties === undefined && additionalProperties !== undefined ? { additionalProperties } : {}),
  };
}

const KEPT = new Set(['enum', 'const', 'oneOf', 'x-untrusted']);

/** A type that may be null, written as one. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const [one, none, ...more] = Array.isArray(schema['anyOf']) ? (schema['anyOf'] as JsonSchema[]) : [];
  if (one === undefined || none?.type !== 'null' || more.length > 0) return schema;
  if (typeof one.type !== 'string' || one['enum'] !== undefined) return schema;
  return { ...one, type: [one.type, 'null'] };
}

function mapFields(
  fields: Record<string, JsonSchema>,
  convert: (field: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, convert(field)]));
}
