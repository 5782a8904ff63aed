import type { CommandDefinition, Reply, Row, RouterView } from '../../engine/definition.ts';
import { failure, missingArgument } from '../../engine/router-error.ts';
import { addressBehind, answers, comesBack, type Journey, reachOut, roundTripMs } from '../../network/reach-out.ts';
import { parseDurationMs } from '../../values/duration.ts';
import { boolean, duration, integer, reference, text, word } from '../../values/field-types.ts';
import { after, shown } from '../monitor.ts';
import { sortedRow } from '../sorted-row.ts';
import { untilAborted } from '../until-aborted.ts';

const OPTIONS = {
  count: integer(0, 4_294_967_295),
  'do-not-fragment': boolean,
  dscp: integer(0, 63),
  duration: duration(),
  'freeze-frame-interval': duration(20, 30_000),
  interface: reference('/interface'),
  'max-hops': integer(1, 255),
  port: integer(0, 65_535),
  protocol: word('icmp', 'udp'),
  size: integer(28, 65_535),
  'src-address': text,
  timeout: duration(10, 3000),
  'use-dns': boolean,
  vrf: word('main'),
} as const;

/** One round takes about this long, in milliseconds. */
const ROUND_MS = 1000;

/**
 * `/tool/traceroute`: all hops with running totals, once for every round; the rows of the highest section are the last
 * word. `count` or `duration` ends it.
 */
export const traceroute: CommandDefinition = {
  policy: 'test',
  parameters: ['address', ...Object.keys(OPTIONS), 'as-value', 'without-paging', 'proplist', '.proplist'],
  run: (args, router, _caller, signal): Reply | Promise<Reply> => {
    const given = args.get('address');
    if (given === undefined) throw missingArgument('address');
    const options = readOptions(args, router);
    const address = addressBehind(router, given);
    if (address === undefined) throw failure('dns name does not exist');
    const found = reachOut(router, address, {
      source: options.get('src-address'),
      interface: options.get('interface'),
    });
    // A traceroute to one of the router's own addresses shows that address.
    const journey = answers(found) && found.hops.length === 0 ? { ...found, hops: [address] } : found;
    const length = parseDurationMs(options.get('duration') ?? '');
    const count = Number(options.get('count') ?? (length === undefined ? 0 : Math.floor(length / ROUND_MS)));
    if (count === 0 && length === undefined) return untilAborted(signal);
    const maxHops = Number(options.get('max-hops') ?? 255);
    const rows = (): Row[] =>
      shown(
        args,
        Array.from({ length: Math.min(count, MOST_ROUNDS) }, (_, section) => round(journey, section, maxHops)).flat(),
      );
    // The first of the two bounds that is met ends it.
    const rounds = options.has('count') ? (count - 1) * ROUND_MS : Infinity;
    const waitMs = Math.min(length ?? Infinity, rounds);
    return waitMs === 0 ? { kind: 'rows', rows: rows() } : after(waitMs, router, signal, rows);
  },
};

const MOST_ROUNDS = 120;

/** After this many hops without an answer the display ends. */
const MOST_SILENT_HOPS = 5;

function readOptions(args: ReadonlyMap<string, string>, router: RouterView): Map<string, string> {
  const options = new Map<string, string>();
  for (const [name, type] of Object.entries(OPTIONS)) {
    const value = args.get(name);
    if (value !== undefined) options.set(name, type.parse(value, name, router));
  }
  return options;
}

function round(journey: Journey, section: number, maxHops: number): Row[] {
  const sent = String(section + 1);
  const known = journey.hops.slice(0, maxHops).map((address, hop) => {
    const isLast = hop === journey.hops.length - 1 && answers(journey);
    const times = Array.from({ length: section + 1 }, (_, sequence) => sequence)
      .filter((sequence) => !isLast || comesBack(journey, sequence))
      .map((sequence) => roundTripMs(journey, hop, sequence));
    return sortedRow({ '.section': String(section), address, ...figures(times, section + 1), sent, status: '' });
  });
  if (answers(journey)) return known;
  if (journey.end === 'no route to host') {
    return [
      { '.section': String(section), address: '', last: 'timeout', loss: '100', sent, status: 'no route to host' },
    ];
  }
  const silent = Math.max(0, Math.min(MOST_SILENT_HOPS, maxHops - known.length));
  const lost = { '.section': String(section), address: '', last: 'timeout', loss: '100', sent, status: '' };
  return [...known, ...Array.from({ length: silent }, () => lost)];
}

/** Times in milliseconds with one decimal. */
function figures(times: readonly number[], sent: number): Row {
  const loss = String(Math.floor(((sent - times.length) / sent) * 100));
  if (times.length === 0) return { last: 'timeout', loss };
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  const deviation = Math.sqrt(times.reduce((sum, time) => sum + (time - average) ** 2, 0) / times.length);
  return {
    avg: tenths(average),
    best: tenths(Math.min(...times)),
    last: tenths(times.at(-1) ?? 0),
    loss,
    'std-dev': tenths(deviation),
    worst: tenths(Math.max(...times)),
  };
}

const tenths = (milliseconds: number): string => String(Math.round(milliseconds * 10) / 10);
