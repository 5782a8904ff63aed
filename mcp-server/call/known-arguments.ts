import type { Action } from './action.ts';
import { inputSchemaOf, type JsonSchema } from './json-schema.ts';

const NOT_RECORDED = '[not recorded]';

/**
 * Unchecked arguments as they may be recorded: fields the action has keep their values, others only their names. A misspelt
 * field can hold anything, a password among it, and nothing about its name would say so.
 */
export function knownArguments(action: Pick<Action, 'input'>, given: unknown): unknown {
  return known(given, inputSchemaOf(action));
}

function known(value: unknown, schema: JsonSchema | undefined): unknown {
  if (schema === undefined) return NOT_RECORDED;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value))
    return schema.items === undefined ? NOT_RECORDED : value.map((one) => known(one, schema.items));
  if (schema.properties === undefined) return NOT_RECORDED;
  const { properties } = schema;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      known(member, Object.hasOwn(properties, name) ? properties[name] : undefined),
    ]),
  );
}
