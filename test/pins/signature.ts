interface Schema {
  type?: string | string[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  default?: unknown;
  [keyword: string]: unknown;
}

const BOUNDS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', 'enum', 'const'];
const SAFE = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];

/** A JSON schema on one line, as a type with its limits; descriptions do not count. */
export function signatureOf(jsonSchema: object): string {
  const schema = jsonSchema as Schema;
  if (schema.anyOf) return schema.anyOf.map(signatureOf).join(' | ');
  if (schema.type === 'object') return objectSignature(schema);
  const type = [schema.type ?? 'any'].flat().join(' | ');
  const base = type === 'array' ? `${signatureOf(schema.items ?? {})}[]` : type;
  const bounds = BOUNDS.filter((key) => schema[key] !== undefined && !SAFE.includes(schema[key] as number));
  return base + (bounds.length === 0 ? '' : `(${bounds.map((key) => `${key} ${String(schema[key])}`).join(', ')})`);
}

function objectSignature({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(([name, field]) => {
    const value = field.default === undefined ? '' : ` = ${JSON.stringify(field.default)}`;
    return `${name}${required.includes(name) ? '' : '?'}: ${signatureOf(field)}${value}`;
  });
  const members = [...fields, ...(additionalProperties === false ? [] : ['…'])];
  return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`;
}
