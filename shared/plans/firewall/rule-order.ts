import type { RouterValues, Step } from '../../domain/change.ts';
import { holdsValues } from '../../routeros/canonical.ts';

/** A rule where it will stand, and what becomes of it; one that is removed is where it stood. */
export interface StandingRule {
  values: RouterValues;
  is: 'kept' | 'added' | 'changed' | 'moved' | 'removed';
}

/** The rules of a menu as they will stand once the steps are made, those that go among them. Pure. */
export function rulesAfter(menu: string, rules: readonly RouterValues[], steps: readonly Step[]): StandingRule[] {
  return steps.reduce<StandingRule[]>(
    (standing, step) => (step.menu === menu && step.op !== 'set' ? after(standing, step) : standing),
    rules.map((values) => ({ values, is: 'kept' })),
  );
}

type RowStep = Exclude<Step, { op: 'set' }>;

function after(standing: StandingRule[], step: RowStep): StandingRule[] {
  if (step.op === 'add') return placed(standing, { values: step.values, is: 'added' }, step.placeBefore);
  const rule = named(standing, step.key);
  if (rule === undefined) return standing;
  const become = (now: StandingRule): StandingRule[] => standing.map((one) => (one === rule ? now : one));
  if (step.op === 'remove') return become({ values: rule.values, is: 'removed' });
  // What is new anyway does not also change.
  const is = rule.is === 'added' ? rule.is : step.op === 'move' ? 'moved' : 'changed';
  if (step.op === 'change') return become({ values: changed(rule.values, step.after), is });
  return placed(
    standing.filter((one) => one !== rule),
    { values: rule.values, is },
    step.after,
  );
}

function named(standing: readonly StandingRule[], key: RouterValues): StandingRule | undefined {
  return standing.find(({ values, is }) => is !== 'removed' && holdsValues(values, key));
}

/** In front of the rule that the key names, or behind all others. */
function placed(standing: readonly StandingRule[], rule: StandingRule, next: RouterValues | null): StandingRule[] {
  const before = next === null ? undefined : named(standing, next);
  return standing.toSpliced(before === undefined ? standing.length : standing.indexOf(before), 0, rule);
}

function changed(values: RouterValues, to: Readonly<Record<string, string | null>>): RouterValues {
  const all = Object.entries({ ...values, ...to });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
}
