import { plainText } from '../../client/plain-text.ts';
import type { PlanView } from '../../client/shapes.ts';

/** The diff: devices with the same changes once, then those that already are as wanted. */
export function renderDiff({ groups, devices }: PlanView): string {
  const sections = groups.map(({ names, changes }) => {
    const lines = changes.map(({ summary }) => `    ${plainText(summary)}`);
    return [`changes on ${counted(names)}: ${listed(names)}`, ...lines].join('\n');
  });
  const asWanted = devices.filter(({ status, changes }) => status === 'skipped' && changes.length === 0);
  const names = asWanted.map(({ name }) => name);
  return [
    ...(sections.length === 0 ? ['changes: none'] : sections),
    ...(names.length === 0 ? [] : [`already as wanted on ${counted(names)}: ${listed(names)}`]),
  ].join('\n');
}

const MARKS: Readonly<Record<string, string>> = { ok: 'ok', warning: 'WARNING', refused: 'REFUSED' };

/** What was looked at before the plan may be decided on; what is wrong comes first. */
export function renderPreChecks({ preChecks }: PlanView): string {
  if (preChecks.length === 0) return '';
  const wrong = preChecks.filter(({ result }) => result !== 'ok');
  const fine = preChecks.filter(({ result }) => result === 'ok');
  const lines = [...wrong, ...fine].map(
    ({ check, result, message }) =>
      `    ${(MARKS[result] ?? result).padEnd(8)}${check.replaceAll('_', ' ')}: ${message}`,
  );
  return ['checks:', ...lines.map(plainText)].join('\n');
}

const MOST_NAMES = 12;

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  const shown = names.slice(0, MOST_NAMES).map(plainText).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

function counted(devices: readonly unknown[]): string {
  return `${devices.length} ${devices.length === 1 ? 'device' : 'devices'}`;
}
