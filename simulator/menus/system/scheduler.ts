import type { Caller, Change, FieldType, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { parsePolicies, POLICIES, type Policy } from '../../engine/policy.ts';
import { invalidValue, noMatch, notPermitted } from '../../engine/router-error.ts';
import { parseDurationMs } from '../../values/duration.ts';
import { duration, text } from '../../values/field-types.ts';
import { formatLocal, fromLocal, localTime } from '../../values/local-time.ts';
import { comment, computed, disabled } from '../row-fields.ts';
import { demandDeviceMode, isAllowedByDeviceMode } from './device-mode.ts';

const SCHEDULER = '/system/scheduler';

/** What an entry may do when nothing is said, in the order the device prints it. */
const DEFAULT_POLICY = 'ftp,reboot,read,write,policy,test,password,sniff,sensitive,romon';

const policyList: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    const granted = parsePolicies(input);
    if (!granted) throw noMatch(field);
    return POLICIES_AS_PRINTED.filter((policy) => granted.has(policy)).join(',');
  },
};

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
    disabled,
    interval: { type: duration(), default: '0s' },
    name: { type: text, default: freeName },
    'next-run': computed((item, router) => {
      const due = item.internal['dueMs'];
      return due === undefined ? undefined : formatLocal(due, router.timeZone());
    }),
    'on-event': { type: text, default: '' },
    owner: { type: text, access: 'read-only', default: (_router, caller) => caller.user },
    policy: { type: policyList, default: DEFAULT_POLICY },
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

/** The printing order of an entry's policies differs from that of a group's. */
const POLICIES_AS_PRINTED: readonly Policy[] = [
  'ftp',
  'reboot',
  'read',
  'write',
  'policy',
  'test',
  'password',
  'sniff',
  'sensitive',
  'romon',
];

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
  const intervalMs = parseDurationMs(item.values['interval'] ?? '0s') ?? 0;
  const start = isStartup(item)
    ? now
    : fromLocal(item.values['start-date'] ?? '', item.values['start-time'] ?? '', router.timeZone());
  if (start > now) return start;
  if (intervalMs === 0) return undefined;
  return start + (Math.floor((now - start) / intervalMs) + 1) * intervalMs;
}

function fire(item: Item, router: RouterView): void {
  if (!isAllowedByDeviceMode(router, 'scheduler')) return;
  item.internal['runs'] = (item.internal['runs'] ?? 0) + 1;
  arm(item, router, item.internal['dueMs']);
  const name = item.values['name'] ?? '';
  const owner = item.values['owner'] ?? '';
  const ownerItem = router.items('/user').find((user) => user.values['name'] === owner);
  if (!ownerItem || ownerItem.values['disabled'] === 'true') return;
  router.runScript(item.values['on-event'] ?? '', {
    caller: scriptCaller(item, owner, router),
    onFailure: (message) => {
      router.log('script,error', `executing script from scheduler (${name}) failed, please check it manually`);
      router.log('script,error', `(scheduler:${name}) ${message}`);
    },
  });
}

/** An entry acts as its owner, with the policies that both it and the owner have. */
function scriptCaller(item: Item, owner: string, router: RouterView): Caller {
  const own = parsePolicies(item.values['policy'] ?? '') ?? new Set<Policy>();
  const group = router.policiesOf(owner);
  return {
    user: owner,
    transport: 'script',
    address: '',
    policies: new Set(POLICIES.filter((policy) => own.has(policy) && group.has(policy))),
  };
}

/** Nobody can give an entry a policy that he does not have himself; the default is cut down silently. */
function refuseForeignPolicies({ kind, after, given, caller }: Change): void {
  if (kind === 'remove') return;
  const wanted = parsePolicies(after['policy'] ?? '') ?? new Set<Policy>();
  const lacking = [...wanted].filter((policy) => !caller.policies.has(policy));
  if (lacking.length === 0) return;
  if (given.has('policy')) throw notPermitted();
  after['policy'] = POLICIES_AS_PRINTED.filter((policy) => wanted.has(policy) && !lacking.includes(policy)).join(',');
}

function freeName(router: RouterView): string {
  const taken = new Set(router.items(SCHEDULER).map((item) => item.values['name']));
  let number = 1;
  while (taken.has(`schedule${number}`)) number += 1;
  return `schedule${number}`;
}

const isStartup = (item: Item): boolean => item.values['start-time'] === 'startup';
const timerKey = (item: Item): string => `scheduler/${item.id}`;
const startupKey = (item: Item): string => `startup/${item.id}`;
