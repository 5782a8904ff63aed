import { z } from 'zod';
import type { Action } from './action.ts';

/** The part of JSON Schema 2020-12 that is looked into here. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  [keyword: string]: unknown;
}

const inputs = new WeakMap<z.ZodType, JsonSchema>();
const outputs = new WeakMap<z.ZodType, JsonSchema>();

/** What a caller may send, computed once an action. */
export function inputSchemaOf({ input }: Pick<Action, 'input'>): JsonSchema {
  return memoised(inputs, input, 'input');
}

/** What a good answer looks like, computed once an action. */
export function outputSchemaOf({ output }: Pick<Action, 'output'>): JsonSchema {
  return memoised(outputs, output, 'output');
}

function memoised(cache: WeakMap<z.ZodType, JsonSchema>, schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const known = cache.get(schema);
  if (known !== undefined) return known;
  const { $schema: _, properties = {}, ...rest } = z.toJSONSchema(schema, { io, override: shorten }) as JsonSchema;
  const computed = { ...rest, properties: targetFirst(properties) };
  cache.set(schema, computed);
  return computed;
}

/** Readers and models look for what a call is about before they look for how. */
function targetFirst(properties: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const { deviceId, deviceName, deviceIds, selector, planId, ...others } = properties;
  const targets = Object.entries({ deviceId, deviceName, deviceIds, selector, planId });
  return {
    ...Object.fromEntries(targets.filter(([, schema]) => schema !== undefined)),
    ...others,
  } as typeof properties;
}

/** A list of tools is read by models, and every token of it costs: what says nothing is left out. */
function shorten({ jsonSchema }: { jsonSchema: object }): void {
  const schema = jsonSchema as JsonSchema;
  if (typeof schema['format'] === 'string') delete schema['pattern'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
}
