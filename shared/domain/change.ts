import { z } from 'zod';

/** Values of a RouterOS record as they travel: every value is text. */
export const RouterValues = z.record(z.string(), z.string());
export type RouterValues = z.infer<typeof RouterValues>;

/**
 * One write as data: set these fields of a singleton menu from `before` to `after`. `before` is what was captured, so
 * swapping the two is the undo. Both hold exactly the same keys, in the device's own canonical value form.
 */
export const SetStep = z.strictObject({
  op: z.literal('set'),
  menu: z.string().regex(/^(\/[a-z0-9-]+)+$/),
  before: RouterValues,
  after: RouterValues,
});
export const Step = z.discriminatedUnion('op', [SetStep]);
export type Step = z.infer<typeof Step>;

/** One line of a diff, as people and clients see it. */
export const Change = z.strictObject({
  path: z.string(),
  key: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  summary: z.string(),
});
export type Change = z.infer<typeof Change>;

/** The step that takes a step back. */
export function undoOf(step: Step): Step {
  return { ...step, before: step.after, after: step.before };
}

/** What the diff of a list of steps reads like, one line a field that differs. */
export function changesOf(steps: readonly Step[]): Change[] {
  return steps.flatMap((step) =>
    Object.keys(step.after)
      .filter((key) => step.before[key] !== step.after[key])
      .map((key) => ({
        path: step.menu,
        key,
        before: step.before[key] ?? null,
        after: step.after[key] ?? null,
        summary: `${step.menu} ${key}: ${show(step.before[key])} → ${show(step.after[key])}`,
      })),
  );
}

function show(value: string | undefined): string {
  return value === undefined || value === '' ? '(none)' : value;
}
