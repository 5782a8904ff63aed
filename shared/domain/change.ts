import { z } from 'zod';
import { sayValue } from './say-value.ts';

/** Values of a RouterOS record as they travel: every value is text. */
export const RouterValues = z.record(z.string(), z.string());
export type RouterValues = z.infer<typeof RouterValues>;

const Menu = z.string().regex(/^(\/[a-z0-9-]+)+$/);

/** Fields that name one row of a list menu, such as `{ name: 'guest' }`; never an id, which is not stable. */
const Key = RouterValues.refine((key) => Object.keys(key).length > 0 && !('.id' in key), {
  error: 'an entry is named by fields it holds, not by an id',
});

/**
 * One write as data: set these fields of a singleton menu from `before` to `after`. `before` is what was captured, so
 * swapping the two is the undo. Both hold exactly the same keys, in the device's own canonical value form.
 */
export const SetStep = z.strictObject({
  op: z.literal('set'),
  menu: Menu,
  before: RouterValues,
  after: RouterValues,
});

/** A row that is added; in an ordered menu in front of another one, or at the end with null. The undo removes it. */
export const AddStep = z.strictObject({
  op: z.literal('add'),
  menu: Menu,
  key: Key,
  values: RouterValues,
  placeBefore: Key.nullable(),
});

/** A row that is removed. `values` is all of it that was captured and can be written, so that the undo adds it again. */
export const RemoveStep = AddStep.extend({ op: z.literal('remove') });

/**
 * Fields of a row that change from `before` to `after`; null where a field is not set. Both hold exactly the same keys.
 * `key` names the row as it is before the change, which may rename it.
 */
export const ChangeStep = z.strictObject({
  op: z.literal('change'),
  menu: Menu,
  key: Key,
  before: z.record(z.string(), z.string().nullable()),
  after: z.record(z.string(), z.string().nullable()),
});

/** A row of an ordered menu that moves: which row it stood in front of, and which it shall; null is the end. */
export const MoveStep = z.strictObject({
  op: z.literal('move'),
  menu: Menu,
  key: Key,
  before: Key.nullable(),
  after: Key.nullable(),
});

export const Step = z.discriminatedUnion('op', [SetStep, AddStep, ChangeStep, RemoveStep, MoveStep]);
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
  if (step.op === 'add') return { ...step, op: 'remove' };
  if (step.op === 'remove') return { ...step, op: 'add' };
  if (step.op === 'move') return { ...step, before: step.after, after: step.before };
  if (step.op === 'change') return { ...step, key: keyAfter(step), before: step.after, after: step.before };
  return { ...step, before: step.after, after: step.before };
}

/** What names the row once the change is made. */
export function keyAfter({ key, after }: z.infer<typeof ChangeStep>): RouterValues {
  return Object.fromEntries(Object.entries(key).map(([field, value]) => [field, after[field] ?? value]));
}

/** What the diff of a list of steps reads like, one line a field that differs. */
export function changesOf(steps: readonly Step[]): Change[] {
  return steps.flatMap(linesOf);
}

function linesOf(step: Step): Change[] {
  if (step.op === 'set') return fieldLines(step.menu, step.before, step.after);
  const path = rowPath(step.menu, step.key);
  if (step.op === 'add') return [...fieldLines(path, {}, step.values), ...placeLines(path, step, 'after')];
  if (step.op === 'remove') return [...fieldLines(path, step.values, {}), ...placeLines(path, step, 'before')];
  if (step.op === 'move') return [line(path, 'position', place(step.before), place(step.after))];
  return fieldLines(path, step.before, step.after);
}

/** Menus of rules that are looked at from the first to the last: what a new one does depends on where it stands. */
const RULES = /^\/ip(v6)?\/firewall\/(filter|nat|mangle|raw)$/;

/** Where a rule that is added will stand, or one that is removed stood. */
function placeLines(
  path: string,
  step: z.infer<typeof AddStep | typeof RemoveStep>,
  side: 'before' | 'after',
): Change[] {
  if (!RULES.test(step.menu)) return [];
  const stands = place(step.placeBefore);
  return [side === 'after' ? line(path, 'position', null, stands) : line(path, 'position', stands, null)];
}

type Fields = Readonly<Record<string, string | null>>;

function fieldLines(path: string, before: Fields, after: Fields): Change[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .filter((key) => (before[key] ?? null) !== (after[key] ?? null))
    .map((key) => line(path, key, before[key] ?? null, after[key] ?? null));
}

function line(path: string, key: string, before: string | null, after: string | null): Change {
  return { path, key, before, after, summary: `${path} ${key}: ${sayValue(key, before)} → ${sayValue(key, after)}` };
}

/** `/ip/firewall/address-list[list=blocked, address=192.0.2.1]` */
function rowPath(menu: string, key: RouterValues): string {
  const fields = Object.entries(key).map(([field, value]) => `${field}=${value}`);
  return `${menu}[${fields.join(', ')}]`;
}

function place(neighbour: RouterValues | null): string {
  return neighbour ? `before ${rowPath('', neighbour)}` : 'at the end';
}
