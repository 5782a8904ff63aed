import { undoOf, type Step } from '../domain/change.ts';
import { AppError } from '../errors/app-error.ts';
import { addRow, changeRow, moveRow, removeRow, setSingleton, type RowMenu } from './console-command.ts';
import { isSecretField, REDACTED } from './secret-fields.ts';

/**
 * What takes the steps back on the router itself: one console command a step, newest step first. Each does nothing where
 * there is nothing to take back, so they may run after any number of the steps, and twice. `dynamicMenus` are those that
 * tell rows which the router made itself.
 */
export function undoCommands(steps: readonly Step[], dynamicMenus: ReadonlySet<string>): string[] {
  steps.forEach(assertNotMasked);
  return steps
    .map(undoOf)
    .toReversed()
    .map((step) => commandOf(step, { path: step.menu, configuredOnly: dynamicMenus.has(step.menu) }));
}

/**
 * Fails with UNSAFE_OPERATION when a secret of the step is masked, as reads show it: written or taken back, the mask would
 * become the secret.
 */
export function assertNotMasked(step: Step): void {
  const sides = step.op === 'add' || step.op === 'remove' ? [step.values] : [step.before ?? {}, step.after ?? {}];
  for (const [field, value] of sides.flatMap((side) => Object.entries(side))) {
    if (value !== REDACTED || !isSecretField(step.menu, field)) continue;
    throw new AppError('UNSAFE_OPERATION', {
      message: `The value of ${field} in ${step.menu} is masked, so it could neither be written nor taken back.`,
      details: { menu: step.menu, field },
    });
  }
}

function commandOf(step: Step, menu: RowMenu): string {
  if (step.op === 'set') return setSingleton(step.menu, changedOf(step.before, step.after).values);
  if (step.op === 'add') return addRow(menu, step.key, step.values, step.placeBefore);
  if (step.op === 'remove') return removeRow(menu, step.key);
  if (step.op === 'move') return moveRow(menu, step.key, step.after);
  const { values, unset } = changedOf(step.before, step.after);
  return changeRow(menu, step.key, values, unset);
}

type Fields = Readonly<Record<string, string | null>>;

function changedOf(before: Fields, after: Fields): { values: Record<string, string>; unset: string[] } {
  const values: Record<string, string> = {};
  const unset: string[] = [];
  for (const [field, value] of Object.entries(after)) {
    if (before[field] === value) continue;
    if (value === null) unset.push(field);
    else values[field] = value;
  }
  return { values, unset };
}
