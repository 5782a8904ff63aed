import { addDays, clockChange, instantsOf, localTime } from './local-time.ts';
import type { Policy } from './policy.ts';
import { appliesTo, type PolicyTarget } from './policy-target.ts';
import { isFrozen, isInWindow, turnsOf, type MaintenanceWindow } from './window-rules.ts';

/** Whether devices may be changed at a time. Times are ISO 8601; null where none is found within 400 days. */
export type WindowState =
  | { open: true; closesAt: string | null }
  | {
      open: false;
      opensAt: string | null;
      /** Key of the rule in the policy file. */
      rule: string;
      /** As a sentence. */
      reason: string;
    };

type Timetable = Pick<Policy, 'windows' | 'freezes'>;

const DAY_MS = 86_400_000;
const SEARCH_DAYS = 400;
/** Days that are searched at once. */
const STRIDE_DAYS = 8;

/**
 * Whether all of the devices may be changed at the time, and when that ends or begins. A device is bound by the windows that
 * apply to it: it is open while one of them is, and always when there is none; a freeze closes it in any case. Pure.
 */
export function windowStateAt(
  policy: Timetable,
  targets: PolicyTarget | readonly PolicyTarget[],
  atMs: number,
): WindowState {
  const bindings = bindingsOf(policy, 'environment' in targets ? [targets] : targets);
  const closed = (at: number) => bindings.map((binding) => closedBy(binding, at)).find((found) => found !== null);
  const shut = closed(atMs);
  const turn = firstTurn(bindings, atMs, (at) => (closed(at) === undefined) !== (shut === undefined));
  const turnsAt = turn === null ? null : new Date(turn).toISOString();
  if (shut === undefined) return { open: true, closesAt: turnsAt };
  return { open: false, opensAt: turnsAt, ...shut };
}

/** When the window opens next, or that it is open at the time; null when it does not within 400 days. Freezes are not heeded. */
export function nextOpening(window: MaintenanceWindow, atMs: number): number | null {
  if (isInWindow(window, atMs)) return atMs;
  return firstTurn([{ windows: [['', window]], freezes: [] }], atMs, (at) => isInWindow(window, at));
}

/** When the window closes after the time, at which it is open. Freezes are not heeded. */
export function nextClosing(window: MaintenanceWindow, atMs: number): number | null {
  return firstTurn([{ windows: [['', window]], freezes: [] }], atMs, (at) => !isInWindow(window, at));
}

/** The windows and freezes of devices that have the same. */
interface Binding {
  windows: [string, MaintenanceWindow][];
  freezes: [string, Policy['freezes'][string]][];
}

function bindingsOf(policy: Timetable, targets: readonly PolicyTarget[]): Binding[] {
  const windows = Object.entries(policy.windows);
  const freezes = Object.entries(policy.freezes);
  if (windows.length + freezes.length === 0) return [];
  const distinct = new Map<string, Binding>();
  for (const target of targets) {
    const binding = {
      windows: windows.filter(([, rule]) => appliesTo(rule.appliesTo, target)),
      freezes: freezes.filter(([, rule]) => appliesTo(rule.appliesTo, target)),
    };
    const names = [binding.windows, binding.freezes].map((rules) => rules.map(([name]) => name).join(' '));
    distinct.set(names.join('/'), binding);
  }
  return [...distinct.values()];
}

function closedBy({ windows, freezes }: Binding, atMs: number): { rule: string; reason: string } | null {
  const frozen = freezes.find(([, freeze]) => isFrozen(freeze, atMs));
  if (frozen !== undefined) {
    const [name, { firstDay, lastDay, timeZone, reason }] = frozen;
    const why = reason === undefined ? '' : ` (${reason})`;
    return {
      rule: `freezes.${name}`,
      reason: `The freeze "${name}"${why} lasts from ${firstDay} to ${lastDay} in ${timeZone}.`,
    };
  }
  const [first] = windows;
  if (first === undefined || windows.some(([, window]) => isInWindow(window, atMs))) return null;
  const named = windows.map(([name, { days, from, to, timeZone }]) => {
    const on = days.length === 7 ? 'every day' : days.join(', ');
    return `"${name}" (${on}, ${from} to ${to} in ${timeZone})`;
  });
  const isOne = named.length === 1;
  return {
    rule: `windows.${first[0]}`,
    reason: `The maintenance ${isOne ? 'window' : 'windows'} ${named.join(' and ')} ${isOne ? 'is' : 'are'} closed.`,
  };
}

/** The first time after `atMs` at which it holds, of all times at which something can change. */
function firstTurn(bindings: readonly Binding[], atMs: number, holds: (atMs: number) => boolean): number | null {
  if (bindings.every(({ windows, freezes }) => windows.length + freezes.length === 0)) return null;
  for (let day = 0; day < SEARCH_DAYS; day += STRIDE_DAYS) {
    const fromMs = atMs + day * DAY_MS;
    const toMs = fromMs + STRIDE_DAYS * DAY_MS;
    const turns = turnsBetween(bindings, fromMs, toMs).sort((one, other) => one - other);
    const found = turns.find((at) => holds(at));
    if (found !== undefined) return found;
  }
  return null;
}

function turnsBetween(bindings: readonly Binding[], fromMs: number, toMs: number): number[] {
  const minutesByZone = new Map<string, Set<number>>();
  const note = (zone: string, minutes: readonly number[]) => {
    minutesByZone.set(zone, new Set([...(minutesByZone.get(zone) ?? []), 0, ...minutes]));
  };
  for (const { windows, freezes } of bindings) {
    for (const [, window] of windows) note(window.timeZone, turnsOf(window));
    for (const [, freeze] of freezes) note(freeze.timeZone, []);
  }
  const turns = [...minutesByZone].flatMap(([zone, minutes]) => turnsOfZone(zone, [...minutes], fromMs, toMs));
  return [...new Set(turns)].filter((at) => at > fromMs && at <= toMs);
}

/** A clock that is put forward may jump into a window or out of one, so that is a turn as well. */
function turnsOfZone(zone: string, minutes: readonly number[], fromMs: number, toMs: number): number[] {
  const turns: number[] = [];
  const last = addDays(localTime(zone, toMs).date, 1);
  for (let date = addDays(localTime(zone, fromMs).date, -1); date <= last; date = addDays(date, 1)) {
    turns.push(...minutes.flatMap((minute) => instantsOf(zone, date, minute)));
  }
  for (let at = fromMs; at < toMs; at += DAY_MS) {
    const change = clockChange(zone, at, at + DAY_MS);
    if (change !== null) turns.push(change);
  }
  return turns;
}
