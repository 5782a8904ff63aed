import type { CommandDefinition, Reply, Row, RouterView } from '../../engine/definition.ts';
import { failure, missingArgument, noMatch } from '../../engine/router-error.ts';
import { addressBehind, comesBack, type Journey, reachOut, roundTripMs } from '../../network/reach-out.ts';
import { isOwnAddress } from '../../network/own-addresses.ts';
import { formatDuration, parseDurationMs } from '../../values/duration.ts';
import { boolean, duration, integer, ipv4Address, reference, word } from '../../values/field-types.ts';
import { isIpAddress } from '../../values/ip-address.ts';
import { after, shown } from '../monitor.ts';
import { untilAborted } from '../until-aborted.ts';

/** Types of the options; what is given is checked before the first packet leaves. */
const OPTIONS = {
  'arp-ping': boolean,
  count: integer(0, 4_294_967_295),
  'do-not-fragment': boolean,
  dscp: integer(0, 63),
  interface: reference('/interface'),
  interval: duration(10, 5000),
  size: integer(14, 65_535),
  ttl: integer(1, 255),
  vrf: word('main'),
} as const;

/**
 * `/tool/ping`: packets travel as routes, interfaces and the world around let them. One leaves at every interval, and
 * the answer comes when the last one is back; without `count` it runs until the session's time limit.
 */
export const ping: CommandDefinition = {
  policy: 'test',
  parameters: [
    'address',
    'src-address',
    ...Object.keys(OPTIONS),
    'as-value',
    'without-paging',
    'proplist',
    '.proplist',
  ],
  run: (args, router, caller, signal): Reply | Promise<Reply> => {
    const given = args.get('address');
    if (given === undefined) throw missingArgument('address');
    const options = readOptions(args, router);
    const address = isMac(given) ? given : addressBehind(router, given);
    if (address === undefined) throw failure('dns name does not exist');
    const count = Number(options.get('count') ?? 0);
    // A ping that outlives the session never answers.
    if (count === 0) return untilAborted(signal);
    const packets = send(router, address, options, count);
    // Scripts go on at once and get the number of answers.
    if (caller.transport === 'script') return { kind: 'done', ret: packets.at(-1)?.['received'] ?? '0' };
    const intervalMs = parseDurationMs(options.get('interval') ?? '1s') ?? 1000;
    const waitMs = (count - 1) * intervalMs;
    const rows = (): Row[] => shown(args, packets);
    return waitMs === 0 ? { kind: 'rows', rows: rows() } : after(waitMs, router, signal, rows);
  },
};

function readOptions(args: ReadonlyMap<string, string>, router: RouterView): Map<string, string> {
  const options = new Map<string, string>();
  for (const [name, type] of Object.entries(OPTIONS)) {
    const value = args.get(name);
    if (value !== undefined) options.set(name, type.parse(value, name, router));
  }
  const source = args.get('src-address');
  if (source !== undefined) options.set('src-address', sourceAddress(source, router));
  return options;
}

function sourceAddress(text: string, router: RouterView): string {
  return text.includes(':') && isIpAddress(text) ? text : ipv4Address.parse(text, 'src-address', router);
}

function isMac(text: string): boolean {
  return /^([\da-f]{2}:){5}[\da-f]{2}$/i.test(text);
}

/** The most rows that one answer holds: a count beyond it ends with the session. */
const MOST_PACKETS = 6000;

function send(router: RouterView, address: string, options: ReadonlyMap<string, string>, count: number): Row[] {
  const source = options.get('src-address');
  const port = options.get('interface');
  if (port === undefined && options.get('arp-ping') === 'true') throw noMatch('interface');
  const journey = isMac(address)
    ? { hops: [address], end: 'arrives' as const, losesSome: false }
    : reachOut(router, address, { source, interface: port });
  const totals = { received: 0, sumMs: 0, minMs: Infinity, maxMs: 0 };
  return Array.from({ length: Math.min(count, MOST_PACKETS) }, (_, sequence) => {
    const packet = fate(journey, sequence, address, options, router);
    if (packet.timeMs !== undefined) {
      totals.received += 1;
      totals.sumMs += packet.timeMs;
      totals.minMs = Math.min(totals.minMs, packet.timeMs);
      totals.maxMs = Math.max(totals.maxMs, packet.timeMs);
    }
    const sent = sequence + 1;
    return {
      ...(totals.received === 0 ? {} : { 'avg-rtt': milliseconds(totals.sumMs / totals.received) }),
      host: packet.host,
      ...(totals.received === 0
        ? {}
        : { 'max-rtt': milliseconds(totals.maxMs), 'min-rtt': milliseconds(totals.minMs) }),
      'packet-loss': String(Math.floor(((sent - totals.received) / sent) * 100)),
      received: String(totals.received),
      sent: String(sent),
      seq: String(sequence),
      ...packet.figures,
    };
  });
}

type Fate = { readonly host: string; readonly timeMs?: number; readonly figures: Row };

/** What became of one packet: an answer, a message of a router on the way, or nothing. */
function fate(
  journey: Journey,
  sequence: number,
  address: string,
  options: ReadonlyMap<string, string>,
  router: RouterView,
): Fate {
  const size = Number(options.get('size') ?? 56);
  const timeToLive = Number(options.get('ttl') ?? 255);
  const own = journey.source ?? address;
  if (journey.end === 'no route to host') return { host: address, figures: { status: 'no route to host' } };
  if (options.get('do-not-fragment') === 'true' && size > LARGEST_PACKET) {
    return message(own, 'packet too large and cannot be fragmented');
  }
  if (journey.end === 'host unreachable') return message(own, 'host unreachable');
  const reporter = journey.hops[timeToLive - 1];
  if (reporter !== undefined && timeToLive < journey.hops.length) return message(reporter, 'TTL exceeded');
  if (!comesBack(journey, sequence)) return { host: address, figures: { status: 'timeout' } };
  const timeMs = roundTripMs(journey, Math.max(0, journey.hops.length - 1), sequence);
  const ttl = isOwnAddress(router, address) ? 64 : 65 - Math.max(1, journey.hops.length);
  return { host: address, timeMs, figures: { size: String(size), time: milliseconds(timeMs), ttl: String(ttl) } };
}

/** Longest packet of an Ethernet link, in bytes with its IP header. */
const LARGEST_PACKET = 1500;

/** A message of ICMP, whose packets have 84 bytes. */
function message(host: string, status: string): Fate {
  return { host, figures: { size: '84', status, ttl: '64' } };
}

const milliseconds = (value: number): string => formatDuration(Math.round(value * 1000) / 1000);
