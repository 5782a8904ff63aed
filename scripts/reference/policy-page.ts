import { z } from 'zod';
import { PolicySchema } from '../../shared/platform/policy/parse-policy.ts';
import { code, page, table } from './markdown.ts';
import { defaultOf, typeOf, type JsonSchema } from './schema-fields.ts';

/** The policy file, key by key, from the schema it is checked with. */
export function policyPage(): string {
  const { properties = {} } = z.toJSONSchema(PolicySchema, { io: 'input' }) as JsonSchema;
  return page(
    'Policy file',
    'What `CONVOY_POLICY_FILE` may hold, in YAML. Every key is optional unless it says *required*; unknown keys are refused. `<name>` is a name of your own: refusals and the audit trail name rules by their key, such as `windows.night`. Which devices a rule is about is always said in `appliesTo`. Check a file with `convoy policy check <file>`; what the rules do is told in [Say what may be changed, and when](../guide/policy.md).',
    Object.entries(properties).map(([name, section]) =>
      [`## ${name}`, `${section.description ?? ''}.`, keysTable(name, section)].join('\n\n'),
    ),
  );
}

function keysTable(name: string, section: JsonSchema): string {
  return table(['Key', 'Type', 'Default', 'Meaning'], rowsOf(name, section));
}

function rowsOf(path: string, { properties, required = [], additionalProperties, items }: JsonSchema): string[][] {
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([key, field]) =>
      rowsOfField(`${path}.${key}`, field, required.includes(key)),
    );
  }
  if (typeof additionalProperties === 'object') return rowsOf(`${path}.<name>`, additionalProperties);
  return items === undefined ? [] : rowsOf(`${path}[]`, items);
}

function rowsOfField(path: string, field: JsonSchema, isRequired: boolean): string[][] {
  const inner = rowsOf(path, field);
  // An object is told by its keys.
  if (inner.length > 0 && field.items === undefined) return inner;
  const holds = isRequired ? 'required' : defaultOf(field);
  return [[code(path), inner.length > 0 ? 'list' : typeOf(field), holds, field.description ?? ''], ...inner];
}
