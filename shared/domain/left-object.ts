import { z } from 'zod';
import { RouterValues, type Step } from './change.ts';
import { sayValue } from './say-value.ts';

/** A field of a device that does not hold what it held before a plan, and should. */
export const LeftObject = z.strictObject({
  menu: z.string(),
  /** What names the row; null for the settings of a menu. */
  key: RouterValues.nullable(),
  /** `entry`: whether the row is there at all. `position`: its place among the others. */
  field: z.string(),
  /** As it was before the plan; null: not set, or not read. */
  expected: z.string().nullable(),
  /** What the plan wrote. */
  planned: z.string().nullable(),
  /** What is there now; also null where the device could not be read. */
  found: z.string().nullable(),
  /** `conflict`: neither, so somebody else changed it. `not_put_back`: still as planned. `not_read`: nobody knows. */
  why: z.enum(['conflict', 'not_put_back', 'not_read']),
});
export type LeftObject = z.infer<typeof LeftObject>;

/** Objects of one device that are listed one by one. */
export const MOST_LEFT_OBJECTS = 100;

/** How a device stands to a step of a plan. */
export type StandsTo =
  | { is: 'as_before' | 'as_planned' | 'not_read' }
  /** Neither; of what was found, the fields that the step is about. */
  | { is: 'foreign'; found: Readonly<Record<string, string | null>> };

/** What of one step of a plan is not as it was before the plan. Pure. */
export function leftOf(step: Step, stands: StandsTo): LeftObject[] {
  if (stands.is === 'as_before') return [];
  const about = { menu: step.menu, key: step.op === 'set' ? null : step.key, why: WHY[stands.is] };
  const line = (field: string, expected: string | null, planned: string | null, found: string | null): LeftObject => ({
    ...about,
    field,
    expected,
    planned,
    found: stands.is === 'not_read' ? null : found,
  });
  const alike = stands.is === 'foreign' ? stands.found['entries'] : undefined;
  if (alike) {
    const [expected, planned] = [step.op === 'add' ? ABSENT : PRESENT, step.op === 'remove' ? ABSENT : PRESENT];
    return [line('entry', expected, planned, `${alike} of the same name`)];
  }
  if (step.op === 'move') {
    const found = stands.is === 'foreign' ? (stands.found['position'] ?? null) : place(step.after);
    return [line('position', place(step.before), place(step.after), found)];
  }
  if (step.op === 'add') {
    return [line('entry', ABSENT, PRESENT, stands.is === 'foreign' ? otherThan(step.values, stands.found) : PRESENT)];
  }
  if (step.op === 'remove') {
    if (stands.is !== 'foreign') return [line('entry', PRESENT, ABSENT, ABSENT)];
    const { found } = stands;
    return differing(step.values, found).map((field) =>
      line(field, step.values[field] ?? null, null, found[field] ?? null),
    );
  }
  const { before, after } = step;
  const found = stands.is === 'foreign' ? stands.found : after;
  return differing(before, found).map((field) =>
    line(field, before[field] ?? null, after[field] ?? null, found[field] ?? null),
  );
}

/** One of them in a sentence of its own, for people. */
export function sayLeft({ menu, key, field, expected, found, why }: LeftObject): string {
  const named =
    key === null
      ? ''
      : `[${Object.entries(key)
          .map(([name, value]) => `${name}=${value}`)
          .join(', ')}]`;
  const at = `${menu}${named} ${field}`;
  if (why === 'not_read') return `${at}: could not be read`;
  const by = why === 'conflict' ? 'changed by somebody else' : 'still as the plan made it';
  return `${at}: ${sayValue(field, found)} (${by}); before the plan it was ${sayValue(field, expected)}`;
}

const [PRESENT, ABSENT] = ['present', 'absent'];
const WHY = { as_planned: 'not_put_back', not_read: 'not_read', foreign: 'conflict' } as const;

type Fields = Readonly<Record<string, string | null>>;

/** At least one: a conflict may be about something else than values, such as a name that is taken. */
function differing(wanted: Fields, found: Fields): string[] {
  const fields = Object.keys(wanted);
  const unlike = fields.filter((field) => (wanted[field] ?? null) !== (found[field] ?? null));
  return unlike.length > 0 ? unlike : fields.slice(0, 1);
}

function otherThan(written: Fields, found: Fields): string {
  const fields = differing(written, found).map((field) => `${field}=${sayValue(field, found[field] ?? null)}`);
  return `${PRESENT}, with ${fields.join(', ')}`;
}

function place(neighbour: RouterValues | null): string {
  if (neighbour === null) return 'at the end';
  return `before ${Object.entries(neighbour)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')}`;
}
