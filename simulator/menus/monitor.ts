import type { Reply, Row, RouterView } from '../engine/definition.ts';
import { project, splitNames } from '../engine/projection.ts';
import { invalidValue } from '../engine/router-error.ts';
import { parseDurationMs } from '../values/duration.ts';
import { untilAborted } from './until-aborted.ts';

/** What every command that shows changing figures takes. */
export const MONITOR_PARAMETERS = [
  'once',
  'duration',
  'interval',
  'freeze-frame-interval',
  'append',
  'as-value',
  'do',
  'file',
  'without-paging',
  'proplist',
  '.proplist',
] as const;

/**
 * Runs a command that shows changing figures. With `once` one sample comes at once and without section; with `duration`
 * all samples come at the end of it, numbered; with neither it runs until the session's time limit.
 */
export function monitor(
  args: ReadonlyMap<string, string>,
  router: RouterView,
  signal: AbortSignal,
  sample: (section: number) => readonly Row[],
): Reply | Promise<Reply> {
  if (args.has('once') && args.get('once') !== 'false') return { kind: 'rows', rows: shown(args, sample(0)) };
  const duration = args.get('duration');
  if (duration === undefined) return untilAborted(signal);
  const durationMs = parseDurationMs(duration);
  if (durationMs === undefined) throw invalidValue('duration');
  const stepMs = Math.max(SHORTEST_STEP_MS, parseDurationMs(args.get('interval') ?? '1s') ?? 1000);
  const sections = Math.floor(durationMs / stepMs);
  const rows: Row[] = [];
  return timed(router, signal, (wait, end) => {
    const from = (section: number): void => {
      if (section < sections) rows.push(...sample(section).map((row) => ({ '.section': String(section), ...row })));
      if (section < sections - 1) wait(stepMs, () => from(section + 1));
      else wait(durationMs - section * stepMs, () => end({ kind: 'rows', rows: shown(args, rows) }));
    };
    from(0);
  });
}

/** Figures are not taken faster than this. */
const SHORTEST_STEP_MS = 20;

/** Rows cut down to what `.proplist` asks for. */
export function shown(args: ReadonlyMap<string, string>, rows: readonly Row[]): Row[] {
  const names = args.get('.proplist') ?? args.get('proplist');
  return names === undefined ? [...rows] : rows.map((row) => project(row, splitNames(names)));
}

/** Answers when time has passed on the router's clock; rejects when the session ends before. */
export function after(
  milliseconds: number,
  router: RouterView,
  signal: AbortSignal,
  rows: () => readonly Row[],
): Promise<Reply> {
  return timed(router, signal, (wait, end) => wait(milliseconds, () => end({ kind: 'rows', rows: rows() })));
}

let waits = 0;

/** Runs something that waits on the router's clock, one wait after the other; rejects when the session ends before. */
function timed(
  router: RouterView,
  signal: AbortSignal,
  run: (wait: (milliseconds: number, then: () => void) => void, end: (reply: Reply) => void) => void,
): Promise<Reply> {
  waits += 1;
  const key = `command/${waits}`;
  return new Promise((resolve, reject) => {
    run((milliseconds, then) => router.clock.setTimer(key, milliseconds, then), resolve);
    signal.addEventListener(
      'abort',
      () => {
        router.clock.clearTimer(key);
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
