import { z } from 'zod';
import type { PlanKind } from '../define-plan.ts';

const FEWEST = 2;
const MOST = 10;

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

/** The input of a composite of these kinds: each part is checked as the input of its own kind. */
export function partsInput(kinds: readonly PlanKind[]) {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  const Part = z
    .strictObject({
      kind: z.enum([...byName.keys()]).describe('What is changed, as in the name of plan_<kind>'),
      input: z
        .record(z.string(), z.unknown())
        .describe(
          'As plan_<kind> takes it, without devices, rollout and comment; see its schema or docs plan-kind/<kind>',
        ),
    })
    .transform(({ kind: name, input }, context) => {
      const kind = byName.get(name);
      const parsed = kind?.input.safeParse(input);
      if (parsed?.success === true) return { kind: name, input: parsed.data };
      for (const issue of parsed?.error.issues ?? []) {
        const allowed = issue.code === 'unrecognized_keys' ? { allowed: fieldsAt(kind, issue.path) } : {};
        // As the kind words it, at its place in the whole.
        context.issues.push({ ...issue, ...allowed, path: ['input', ...issue.path] } as z.core.$ZodRawIssue);
      }
      return z.NEVER;
    });
  return z.strictObject({
    changes: z
      .array(Part)
      .min(FEWEST, `give at least ${FEWEST} changes; for one alone there is its own plan_ tool`)
      .max(MOST, `at most ${MOST} changes are allowed in one plan`)
      .describe('2 to 10 changes that are approved, carried out and taken back as one, additions first'),
  });
}

export type PartsInput = z.output<ReturnType<typeof partsInput>>;

/** The fields that there are where an unknown one was given. */
function fieldsAt(kind: PlanKind | undefined, path: readonly PropertyKey[]): string[] {
  if (kind === undefined) return [];
  const whole = z.toJSONSchema(kind.input, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const at = path.reduce<JsonSchema | undefined>(
    (schema, key) => (typeof key === 'number' ? schema?.items : schema?.properties?.[String(key)]),
    whole,
  );
  return Object.keys(at?.properties ?? {});
}
