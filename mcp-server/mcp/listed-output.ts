import type { JsonSchema } from '../call/json-schema.ts';

/** Fields that every refusal has and no good answer; 2025 clients check refusals against the tool's schema too. */
const REFUSAL_FIELDS = ['code', 'message', 'retryable', 'correlationId'];

/** How much of an output schema a tool's listing tells: all levels, or only the fields of the answer itself. */
export type ListedDepth = 'full' | 'shallow';

/**
 * An output schema as it is listed: what an answer holds, without the limits and descriptions that only matter to whoever
 * makes it. Either a good answer or a refusal conforms.
 */
export function listedOutput({ properties = {}, required }: JsonSchema, depth: ListedDepth): JsonSchema {
  return {
    type: 'object',
    properties: mapValues(properties, (field) => (depth === 'full' ? compact(field) : outline(field))),
    anyOf: [{ required: Array.isArray(required) ? required : [] }, { required: REFUSAL_FIELDS }],
  };
}

function compact(schema: JsonSchema): JsonSchema {
  const { type, properties, items, additionalProperties } = schema;
  return {
    ...pick(schema, ['type', 'enum', 'const', 'anyOf', 'oneOf']),
    ...(properties === undefined ? {} : { properties: mapValues(properties, compact) }),
    ...(items === undefined ? {} : { items: compact(items) }),
    ...(type === 'object' && properties === undefined && additionalProperties !== undefined
      ? { additionalProperties }
      : {}),
  };
}

function outline(schema: JsonSchema): JsonSchema {
  return pick(schema, ['type', 'const']);
}

function pick(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keywords.includes(keyword)));
}

function mapValues(
  fields: Record<string, JsonSchema>,
  convert: (field: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, convert(field)]));
}
