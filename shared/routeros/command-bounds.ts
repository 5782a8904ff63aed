import { AppError } from '../errors/app-error.ts';
import { findCommand, type Bound, type RouterCommand } from './commands.ts';
import { toSeconds } from './durations.ts';

/** The command's entry and how long it may work; UNSAFE_OPERATION when it is not in the table or would not end in time. */
export function boundOf(
  menu: string,
  command: string,
  args: Readonly<Record<string, string>>,
): { entry: RouterCommand; worksForMs: number } {
  const entry = findCommand(menu, command);
  if (!entry) throw refused(`"${command}" of ${menu} is not among the commands that may be run.`);
  const bounds = Object.entries(entry.endsBy ?? {});
  const given = bounds.filter(([name]) => args[name] !== undefined);
  if (given.length === 0 && bounds.length > 0) {
    throw refused(`"${command}" of ${menu} needs one of: ${bounds.map(([name]) => name).join(', ')}.`);
  }
  const seconds = given.map(([name, bound]) => {
    const worksFor = secondsOf(bound, args[name] ?? '');
    if (worksFor === null) throw refused(`"${command}" of ${menu} takes as "${name}" only ${allowedBy(bound)}.`);
    return worksFor;
  });
  // The first bound that is met ends the command.
  return { entry, worksForMs: seconds.length === 0 ? 0 : Math.min(...seconds) * 1000 };
}

/** How long the command works at most with this value; null when the value is no bound. */
function secondsOf(bound: Bound, value: string): number | null {
  if (bound.kind === 'words') return bound.words.includes(value) ? 0 : null;
  // RouterOS takes any value for yes, except this one.
  if (bound.kind === 'once') return value === 'false' ? null : 0;
  if (bound.kind === 'duration') {
    const seconds = /^\d{1,4}[sm]?$/.test(value) ? (toSeconds(value) ?? 0) : 0;
    return seconds > 0 && seconds <= bound.mostSeconds ? seconds : null;
  }
  if (!/^[1-9]\d{0,5}$/.test(value) || Number(value) > bound.most) return null;
  return bound.kind === 'count' ? Number(value) * bound.secondsEach : 0;
}

function allowedBy(bound: Bound): string {
  if (bound.kind === 'words') return bound.words.join(', ');
  if (bound.kind === 'once') return '""';
  return bound.kind === 'duration' ? `1s to ${bound.mostSeconds}s` : `1 to ${bound.most}`;
}

function refused(message: string): AppError {
  return new AppError('UNSAFE_OPERATION', { message });
}
