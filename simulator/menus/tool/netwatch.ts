import type { Caller, Change, Field, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import type { Policy } from '../../engine/policy.ts';
import { addressBehind, answers, comesBack, reachOut, roundTripMs } from '../../network/reach-out.ts';
import { resolveName } from '../../network/resolve-name.ts';
import { formatDuration, parseDurationMs } from '../../values/duration.ts';
import { boolean, duration, host, integer, text, word } from '../../values/field-types.ts';
import { formatLocal } from '../../values/local-time.ts';
import { comment, computed } from '../row-fields.ts';

const NETWATCH = '/tool/netwatch';

/** Probes wait this long after the router came up, and this long after an entry was made, when nothing else is said. */
const STARTUP_DELAY = '5m';
const START_DELAY = '3s';

/** Scripts of an entry run as the router itself, with these policies only. */
const SCRIPT_CALLER: Caller = {
  user: '*sys',
  transport: 'script',
  address: '',
  policies: new Set<Policy>(['read', 'write', 'test', 'reboot']),
};

/** An option that is absent until it is given. */
const option = (type: Field['type'], since?: string): Field => ({ type, canUnset: true, ...(since ? { since } : {}) });

const threshold = option(duration());

/** Figures of the last probe, of entries that send pings. */
const figure = (compute: (item: Item, router: RouterView) => string): Field =>
  computed((item, router) =>
    item.values['type'] === 'icmp' && item.internal['status'] !== undefined ? compute(item, router) : undefined,
  );

/** Hosts that are watched. Whether one is up follows from the same things that let a ping through. */
export const netwatch: MenuDefinition = {
  path: NETWATCH,
  kind: 'list',
  noun: 'netwatch entry',
  nameField: 'name',
  fields: {
    'accept-icmp-time-exceeded': option(boolean, '7.16'),
    certificate: option(text),
    'check-certificate': option(boolean),
    comment,
    disabled: { type: boolean },
    'dns-server': option(host, '7.16'),
    'done-tests': computed((item) => count(item.internal['done'])),
    'down-script': { type: text, default: '' },
    'early-failure-detection': option(boolean, '7.19'),
    'early-success-detection': option(boolean, '7.19'),
    'failed-tests': computed((item) => count(item.internal['failed'])),
    host: { type: host, required: true },
    'http-codes': { type: text, default: '' },
    'ignore-initial-down': option(boolean, '7.17'),
    'ignore-initial-up': option(boolean, '7.17'),
    interval: { type: duration(1000, 43_027_672_950), default: '10s' },
    'loss-count': figure((item) => String(packetsOf(item) - (item.internal['received'] ?? 0))),
    'loss-percent': figure((item) => String(lossPercent(item))),
    name: { type: text, canUnset: true, emptyClears: true },
    'packet-count': option(integer(1, 65_535)),
    'packet-interval': option(duration(20)),
    'packet-size': option(integer(14, 65_535)),
    port: option(integer(1, 65_535)),
    'record-type': option(word('A', 'AAAA', 'MX', 'NS'), '7.16'),
    'response-count': figure((item) => String(item.internal['received'] ?? 0)),
    'rtt-avg': figure((item) => formatDuration(item.internal['averageMs'] ?? 0)),
    'sent-count': figure((item) => String(packetsOf(item))),
    since: computed((item, router) => {
      const sinceMs = item.internal['sinceMs'];
      return sinceMs === undefined ? undefined : formatLocal(sinceMs, router.timeZone());
    }),
    'src-address': option(host),
    'start-delay': option(duration(0, 3_600_000)),
    'startup-delay': option(duration(0, 3_600_000)),
    status: computed(statusOf),
    'test-script': { type: text, default: '' },
    'thr-avg': threshold,
    'thr-http-time': threshold,
    'thr-jitter': threshold,
    'thr-loss-count': option(integer(0, 4_294_967_295)),
    'thr-loss-percent': option(integer(0, 100)),
    'thr-max': threshold,
    'thr-stdev': threshold,
    'thr-tcp-conn-time': option(duration(0, 30_000)),
    timeout: option(duration(10)),
    ttl: option(integer(1, 255), '7.16'),
    type: { type: word('simple', 'icmp', 'tcp-conn', 'http-get', 'https-get', 'dns'), default: 'simple' },
    'up-script': { type: text, default: '' },
  },
  about: waiting,
  applied: watchAnew,
  booted: (router) => {
    for (const item of router.items(NETWATCH)) watch(item, router);
  },
};

const count = (tests: number | undefined): string | undefined => (tests === undefined ? undefined : String(tests));

const packetsOf = ({ values }: Item): number => Number(values['packet-count'] ?? 10);

function lossPercent(item: Item): number {
  const sent = packetsOf(item);
  return Math.round(((sent - (item.internal['received'] ?? 0)) / sent) * 100);
}

function statusOf({ internal }: Item): string {
  if (internal['status'] === undefined) return 'unknown';
  return internal['status'] === 1 ? 'up' : 'down';
}

/** What an entry that was not probed yet waits for. */
function waiting(item: Item, router: RouterView): string | undefined {
  const { firstMs, status } = item.internal;
  const restMs = (firstMs ?? 0) - router.clock.uptimeMs();
  if (firstMs === undefined || status !== undefined || restMs <= 0) return undefined;
  const isBoot = firstMs === startupDelayMs(item);
  const reason = isBoot
    ? `startup-delay=${item.values['startup-delay'] ?? STARTUP_DELAY}`
    : `start-delay=${item.values['start-delay'] ?? START_DELAY}`;
  return `Warning: probe waiting ${reason}; ${formatDuration(Math.ceil(restMs / 1000) * 1000)} remaining`;
}

const startupDelayMs = ({ values }: Item): number => parseDurationMs(values['startup-delay'] ?? STARTUP_DELAY) ?? 0;

function watchAnew({ kind, item, before, after }: Change, router: RouterView): void {
  if (kind === 'remove') router.clock.clearTimer(timerKey(item));
  // What only words or scripts say does not start an entry anew.
  else if (!before || PROBED.some((name) => before[name] !== after[name])) watch(item, router);
}

const PROBED = ['disabled', 'host', 'interval', 'type', 'port', 'src-address', 'startup-delay', 'start-delay'];

/** Forgets what was found, and probes after the delay of the start. */
function watch(item: Item, router: RouterView): void {
  for (const key of ['status', 'sinceMs', 'firstMs', 'done', 'failed', 'received', 'averageMs']) {
    delete item.internal[key];
  }
  router.clock.clearTimer(timerKey(item));
  if (item.values['disabled'] === 'true') return;
  const now = router.clock.uptimeMs();
  const startDelayMs = parseDurationMs(item.values['start-delay'] ?? START_DELAY) ?? 0;
  const firstMs = Math.max(startupDelayMs(item), now + startDelayMs);
  item.internal['firstMs'] = firstMs;
  router.clock.setTimer(timerKey(item), firstMs - now, () => probe(item, router));
}

function probe(item: Item, router: RouterView): void {
  const intervalMs = parseDurationMs(item.values['interval'] ?? '10s') ?? 10_000;
  router.clock.setTimer(timerKey(item), intervalMs, () => probe(item, router));
  const isUp = test(item, router);
  item.internal['done'] = (item.internal['done'] ?? 0) + 1;
  item.internal['failed'] = (item.internal['failed'] ?? 0) + (isUp ? 0 : 1);
  const status = isUp ? 1 : 2;
  const earlier = item.internal['status'];
  if (earlier === status) return;
  item.internal['status'] = status;
  item.internal['sinceMs'] = router.clock.now();
  const event = isUp ? 'up' : 'down';
  router.log('netwatch,info', `event ${event} [ type: ${item.values['type']}, host: ${item.values['host']} ]`);
  if (earlier === undefined && item.values[`ignore-initial-${event}`] === 'true') return;
  runScript(item, `${event}-script`, router);
}

function runScript(item: Item, name: string, router: RouterView): void {
  const source = item.values[name] ?? '';
  if (source === '') return;
  router.runScript(source, {
    caller: SCRIPT_CALLER,
    onFailure: (message) => router.log('script,error', `(netwatch:${item.values['host']}) ${message}`),
  });
}

/** One probe; an entry that sends pings is up while less than its share of them is lost. */
function test(item: Item, router: RouterView): boolean {
  const { host: wanted = '', type, 'src-address': source } = item.values;
  if (type === 'dns') return (resolveName(router, wanted, recordType(item))?.records.length ?? 0) > 0;
  const address = addressBehind(router, wanted);
  if (address === undefined) return false;
  const journey = reachOut(router, address, { source });
  if (type !== 'icmp') return answers(journey);
  const sequences = Array.from({ length: packetsOf(item) }, (_, sequence) => sequence);
  const back = sequences.filter((sequence) => comesBack(journey, sequence));
  const times = back.map((sequence) => roundTripMs(journey, Math.max(0, journey.hops.length - 1), sequence));
  item.internal['received'] = back.length;
  item.internal['averageMs'] = times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length);
  return lossPercent(item) < Number(item.values['thr-loss-percent'] ?? MOST_LOSS_PERCENT);
}

/** Share of lost pings from which a host counts as down, when nothing else is said. */
const MOST_LOSS_PERCENT = 85;

function recordType({ values }: Item): 'A' | 'AAAA' | 'MX' | 'NS' {
  const type = values['record-type'];
  return type === 'AAAA' || type === 'MX' || type === 'NS' ? type : 'A';
}

const timerKey = (item: Item): string => `netwatch/${item.id}`;
