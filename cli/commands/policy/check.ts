import { Command } from 'commander';
import type { Policy } from '../../../shared/domain/policy/policy.ts';
import { isFrozen } from '../../../shared/domain/policy/window-rules.ts';
import { nextClosing, nextOpening } from '../../../shared/domain/policy/windows.ts';
import { CliError, toCliError } from '../../client/cli-error.ts';
import { table } from '../table.ts';
import { print, printJson, tell } from '../terminal.ts';

/** `convoy policy check`. */
export function checkPolicyCommand(): Command {
  return new Command('check')
    .description('check a policy file before a deployment takes it, and show when its windows open')
    .argument('<file>', 'the YAML file')
    .option('--at <time>', 'the time from which on windows are looked at, ISO 8601', String)
    .option('--json', 'print data as JSON')
    .action(async (file: string, { at, json }: { at?: string; json?: true }) => {
      const atMs = at === undefined ? Date.now() : timeOf(at);
      // Plan kinds and toolsets take longer to load than everything else together.
      const { readPolicy } = await import('../../../shared/platform/policy/policy-source.ts');
      const policy = await readPolicy(file).catch((error: unknown) => refuse(file, error, json === true));
      if (policy === null) return;
      const windows = windowsOf(policy, atMs);
      const freezes = freezesOf(policy, atMs);
      if (json) printJson({ file, problems: [], windows, freezes });
      else {
        print(`${file} can be used.`);
        if (windows.length > 0) print(`\n${windowTable(windows)}`);
        for (const { name, firstDay, lastDay, timeZone, isOn } of freezes) {
          print(`\nFreeze "${name}": ${firstDay} to ${lastDay} in ${timeZone}${isOn ? ', and now' : ''}.`);
        }
      }
    });
}

interface WindowRow {
  name: string;
  isOpen: boolean;
  opensAt: string | null;
  closesAt: string | null;
}

/** Each window by itself, without freezes: when it opens next, and when it closes then. */
function windowsOf({ windows }: Policy, atMs: number): WindowRow[] {
  return Object.entries(windows).map(([name, window]) => {
    const opens = nextOpening(window, atMs);
    const closes = opens === null ? null : nextClosing(window, opens);
    return { name, isOpen: opens === atMs, opensAt: opens === atMs ? null : isoOf(opens), closesAt: isoOf(closes) };
  });
}

function windowTable(windows: readonly WindowRow[]): string {
  return table(
    ['WINDOW', 'NOW', 'OPENS', 'CLOSES'],
    windows.map(({ name, isOpen, opensAt, closesAt }) => [
      name,
      isOpen ? 'open' : 'closed',
      opensAt ?? '-',
      closesAt ?? '-',
    ]),
  );
}

function freezesOf({ freezes }: Policy, atMs: number) {
  return Object.entries(freezes).map(([name, freeze]) => {
    const { firstDay, lastDay, timeZone } = freeze;
    return { name, firstDay, lastDay, timeZone, isOn: isFrozen(freeze, atMs) };
  });
}

/** One line for each problem, because people mend them one by one. */
function refuse(file: string, error: unknown, json: boolean): null {
  const problems = toCliError(error).details?.['problems'];
  if (!Array.isArray(problems)) throw error;
  process.exitCode = 1;
  if (json) printJson({ file, problems, windows: [], freezes: [] });
  else {
    tell(`${file} cannot be used:`);
    for (const problem of problems) tell(`- ${String(problem)}`);
  }
  return null;
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new CliError('VALIDATION_ERROR', `--at: given "${text}", allowed is a time such as 2026-12-24T22:00:00Z.`);
}

function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
