import type { FieldType, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { invalidValue } from '../../engine/router-error.ts';
import { parseDurationMs } from '../../values/duration.ts';
import { duration, text } from '../../values/field-types.ts';
import { formatLocal, fromLocal, localTime } from '../../values/local-time.ts';
import { comment, computed, disabled } from '../row-fields.ts';
import { demandDeviceMode, isAllowedByDeviceMode } from './device-mode.ts';
import { freeName } from './free-name.ts';
import { DEFAULT_POLICIES, refuseForeignPolicies, scriptCaller, scriptPolicies } from './script-policies.ts';
import { findScript, startScript } from './script-start.ts';
import { isOnDay, weekdays } from './weekdays.ts';

const SCHEDULER = '/system/scheduler';

const startTime: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    if (input === 'startup') return input;
    if (!/^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(input)) throw invalidValue(field);
    return (input.length <= 5 ? `${input}:00` : input).padStart(8, '0');
  },
};

const startDate: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(input) || Number.isNaN(Date.parse(input))) throw invalidValue(field);
    return input;
  },
};

/**
 * Entries that run at a time or at intervals. A one-shot whose start has passed never runs; an interval counts from its
 * start; `startup` runs three seconds after the router came up.
 */
export const systemScheduler: MenuDefinition = {
  path: SCHEDULER,
  kind: 'list',
  noun: 'scheduled script',
  nameField: 'name',
  firstId: 0,
  fields: {
    comment,
    days: { type: weekdays, default: '', since: '7.24' },
    disabled,
    interval: { type: duration(), default: '0s' },
    name: { type: text, default: (router) => freeName(router, SCHEDULER, 'schedule') },
    'next-run': computed((item, router) => {
      const due = item.internal['dueMs'];
      return due === undefined ? undefined : formatLocal(due, router.timeZone());
    }),
    'on-event': { type: text, default: '' },
    owner: { type: text, access: 'read-only', default: (_router, caller) => caller.user },
    policy: { type: scriptPolicies, default: DEFAULT_POLICIES },
    'run-count': computed((item) => String(item.internal['runs'] ?? 0)),
    'start-date': { type: startDate, default: (router) => localTime(router.clock.now(), router.timeZone()).date },
    'start-time': { type: startTime, default: (router) => localTime(router.clock.now(), router.timeZone()).time },
  },
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'item with this name already exists' : undefined,
  prepare: (change, router) => {
    if (change.kind !== 'remove') demandDeviceMode(router, 'scheduler');
    refuseForeignPolicies(change);
  },
  applied: ({ kind, item }, router) => (kind === 'remove' ? disarm(item, router) : arm(item, router)),
  booted: (router) => {
    for (const item of router.items(SCHEDULER)) {
      item.internal['runs'] = 0;
      arm(item, router);
      if (isStartup(item) && item.values['disabled'] !== 'true') {
        router.clock.setTimer(startupKey(item), STARTUP_DELAY_MS, () => fire(item, router));
      }
    }
  },
  clockStepped: (router) => {
    for (const item of router.items(SCHEDULER)) arm(item, router);
  },
};

const STARTUP_DELAY_MS = 3000;
const DAY_MS = 86_400_000;

/** Plans the next run: the first one after now, and after the run at `ranMs` that is just happening. */
function arm(item: Item, router: RouterView, ranMs = -Infinity): void {
  disarm(item, router);
  const due = item.values['disabled'] === 'true' ? undefined : nextRun(item, router, ranMs);
  if (due === undefined) return;
  item.internal['dueMs'] = due;
  router.clock.setTimer(timerKey(item), due - router.clock.now(), () => fire(item, router));
}

function disarm(item: Item, router: RouterView): void {
  delete item.internal['dueMs'];
  router.clock.clearTimer(timerKey(item));
  router.clock.clearTimer(startupKey(item));
}

/** The instant of the next run, or undefined when there is none. */
function nextRun(item: Item, router: RouterView, ranMs: number): number | undefined {
  const now = Math.max(router.clock.now(), ranMs);
  const zone = router.timeZone();
  const intervalMs = parseDurationMs(item.values['interval'] ?? '0s') ?? 0;
  const start = isStartup(item)
    ? now
    : fromLocal(item.values['start-date'] ?? '', item.values['start-time'] ?? '', zone);
  const isWanted = (instant: number): boolean => isOnDay(item.values['days'] ?? '', instant, zone);
  if (start > now && (intervalMs === 0 || isWanted(start))) return start;
  if (intervalMs === 0) return undefined;
  const next = start > now ? start : start + (Math.floor((now - start) / intervalMs) + 1) * intervalMs;
  // A week later at the latest the days begin again; a whole day is passed at once.
  for (let day = 0; day <= 7; day++) {
    const steps = Math.ceil((day * DAY_MS) / intervalMs);
    if (isWanted(next + steps * intervalMs)) return firstOfDay(next, steps, intervalMs, isWanted);
  }
  return undefined;
}

/** Goes back from a run on a wanted day to the first one of that day. */
function firstOfDay(next: number, steps: number, intervalMs: number, isWanted: (instant: number) => boolean): number {
  let step = steps;
  while (step > 0 && isWanted(next + (step - 1) * intervalMs)) step -= 1;
  return next + step * intervalMs;
}

function fire(item: Item, router: RouterView): void {
  if (!isAllowedByDeviceMode(router, 'scheduler')) return;
  item.internal['runs'] = (item.internal['runs'] ?? 0) + 1;
  arm(item, router, item.internal['dueMs']);
  const name = item.values['name'] ?? '';
  const owner = item.values['owner'] ?? '';
  const ownerItem = router.items('/user').find((user) => user.values['name'] === owner);
  if (!ownerItem || ownerItem.values['disabled'] === 'true') return;
  const onFailure = (message: string): void => {
    router.log('script,error', `executing script from scheduler (${name}) failed, please check it manually`);
    router.log('script,error', `(scheduler:${name}) ${message}`);
  };
  const caller = scriptCaller(item, router);
  const event = item.values['on-event'] ?? '';
  const script = findScript(router, event.trim());
  if (script) startScript(router, script, caller, { onFailure });
  else router.runScript(event, { caller, script: name, onFailure });
}

const isStartup = (item: Item): boolean => item.values['start-time'] === 'startup';
const timerKey = (item: Item): string => `scheduler/${item.id}`;
const startupKey = (item: Item): string => `startup/${item.id}`;
