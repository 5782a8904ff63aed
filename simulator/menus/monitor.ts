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
  const stepMs = parseDurationMs(args.get('interval') ?? '1s') ?? 1000;
  const sections = Math.floor(durationMs / Math.max(20, stepMs));
  const rows = (): Row[] =>
    shown(
      args,
      Array.from({ length: sections }, (_, section) =>
        sample(section).map((row) => ({ '.section': String(section), ...row })),
      ).flat(),
    );
  return after(durationMs, router, signal, rows);
}

/** Rows cut down to what `.proplist` asks for. */
export function shown(args: ReadonlyMap<string, string>, rows: readonly Row[]): Row[] {
  const names = args.get('.proplist') ?? args.get('proplist');
  return names === undefined ? [...rows] : rows.map((row) => project(row, splitNames(names)));
}

let waits = 0;

/** Answers when time has passed on the router's clock; rejects when the session ends before. */
export function after(
  milliseconds: number,
  router: RouterView,
  signal: AbortSignal,
  rows: () => readonly Row[],
): Promise<Reply> {
  waits += 1;
  const key = `command/${waits}`;
  return new Promise((resolve, reject) => {
    router.clock.setTimer(key, milliseconds, () => resolve({ kind: 'rows', rows: rows() }));
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
