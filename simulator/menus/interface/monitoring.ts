import type { Item, Reply, Row, RouterView } from '../../engine/definition.ts';
import { splitNames, project } from '../../engine/projection.ts';
import { invalidValue, missingArgument, noMatch, noSuchItem } from '../../engine/router-error.ts';
import { parseDurationMs } from '../../values/duration.ts';
import { untilAborted } from '../until-aborted.ts';

/** What every command that shows figures until it is ended takes. */
export const MONITOR_PARAMETERS: readonly string[] = ['once', 'duration', 'interval', '.proplist', 'as-value'];

/**
 * Runs a command that shows figures: one set of rows with `once`; with `duration` a section each `interval` (default one
 * second), sent at the end; with neither it runs until the session ends it. Time is the router's.
 */
export function monitor(
  args: ReadonlyMap<string, string>,
  router: RouterView,
  signal: AbortSignal,
  sample: () => readonly Row[],
): Reply | Promise<Reply> {
  const names = args.get('.proplist');
  const shown = (row: Row): Row => (names === undefined ? row : project(row, ['.section', ...splitNames(names)]));
  if (args.has('once') && args.get('once') !== 'false') return { kind: 'rows', rows: sample().map(shown) };
  const intervalMs = durationOf('interval', args) ?? 1000;
  const durationMs = durationOf('duration', args);
  if (durationMs === undefined) return untilAborted(signal);
  const rows: Row[] = [];
  const rounds = Math.floor(durationMs / Math.max(intervalMs, SHORTEST_INTERVAL_MS));
  const show = (section: number): void => {
    for (const row of sample()) rows.push(shown({ '.section': String(section), ...row }));
  };
  return inRounds(rounds, durationMs, intervalMs, router, signal, show).then(() => ({ kind: 'rows', rows }));
}

/** The rows that `.id` or `numbers` name (an own command's way to the rows of its menu). */
export function namedItems(args: ReadonlyMap<string, string>, path: string, router: RouterView): Item[] {
  const keys = splitNames(args.get('.id') ?? args.get('numbers') ?? args.get('number') ?? '');
  if (keys.length === 0) throw missingArgument('.id');
  return keys.map((key) => {
    const item = router.find(path, key);
    if (!item) throw noSuchItem();
    return item;
  });
}

/** The interface that the argument `interface` names. */
export function namedInterface(args: ReadonlyMap<string, string>, path: string, router: RouterView): Item {
  const name = args.get('interface');
  if (name === undefined) throw missingArgument('interface');
  const item = router.items(path).find((candidate) => candidate.values['name'] === name || candidate.id === name);
  if (!item) throw noMatch('interface');
  return item;
}

/** A refresh faster than this is slowed down. */
const SHORTEST_INTERVAL_MS = 10;

function durationOf(name: string, args: ReadonlyMap<string, string>): number | undefined {
  const given = args.get(name);
  if (given === undefined) return undefined;
  const milliseconds = parseDurationMs(given);
  if (milliseconds === undefined) throw invalidValue(name);
  return milliseconds;
}

let started = 0;

function inRounds(
  rounds: number,
  durationMs: number,
  intervalMs: number,
  router: RouterView,
  signal: AbortSignal,
  show: (section: number) => void,
): Promise<void> {
  const key = `monitor/${++started}`;
  return new Promise((resolve, reject) => {
    const end = (): void => {
      router.clock.clearTimer(key);
      reject(signal.reason as Error);
    };
    const step = (section: number): void => {
      const isLast = section >= rounds;
      if (!isLast) show(section);
      const restMs = isLast ? Math.max(0, durationMs - rounds * intervalMs) : intervalMs;
      router.clock.setTimer(key, restMs, () => {
        if (!isLast) return step(section + 1);
        signal.removeEventListener('abort', end);
        resolve();
      });
    };
    signal.addEventListener('abort', end, { once: true });
    step(0);
  });
}
