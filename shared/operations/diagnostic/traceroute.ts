import { z } from 'zod';
import { canonicalAddress } from '../../routeros/addresses.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toNumber } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { untrusted } from '../output-fields.ts';
import { originArguments, PROBE_ORIGIN, ProbeTarget, toMilliseconds } from './probe-target.ts';

const TOOL = '/tool';
const MOST_HOPS = 30;
/** Ends it, however many hops are silent; callers wait half a minute. */
const MOST_SECONDS = 20;
const PROBE_TIMEOUT = '1s';

const Hop = z.strictObject({
  hop: z.int(),
  /** Null: nobody answered there. Named by whoever is there: untrusted. */
  address: untrusted(255).nullable(),
  lossPercent: z.number().nullable(),
  sent: z.number().nullable(),
  lastMs: z.number().nullable(),
  avgMs: z.number().nullable(),
  bestMs: z.number().nullable(),
  worstMs: z.number().nullable(),
  /** What was said about it, such as no route to host or MPLS labels. */
  status: untrusted(128).nullable(),
});

export const traceroute = defineRead({
  name: 'traceroute',
  title: 'Traceroute from a router',
  summary: 'The hops on the way from a router to an address or host name, with loss and round-trip times of each.',
  toolset: 'diagnostics',
  isCore: true,
  phase: 1,
  paths: ['/tool/traceroute'],
  isActive: true,
  mostSeconds: () => MOST_SECONDS,
  reachesOutside: true,
  input: z.strictObject({
    address: ProbeTarget,
    count: z.int().min(1).max(3).default(1).describe('Rounds'),
    maxHops: z.int().min(1).max(MOST_HOPS).default(20).describe('Hops followed at most'),
    protocol: z.enum(['icmp', 'udp']).default('icmp').describe('Of the packets'),
    ...PROBE_ORIGIN,
  }),
  output: z.strictObject({
    /** Whether the last hop is the target; null when that cannot be told, as with host names. */
    reached: z.boolean().nullable(),
    hops: z.array(Hop),
  }),
  example: { address: '192.168.88.1' },
  handler: async (router, { address, count, maxHops, protocol, ...origin }) => {
    const { rows } = await router.run(TOOL, 'traceroute', {
      address,
      count: String(count),
      duration: `${MOST_SECONDS}s`,
      'max-hops': String(maxHops),
      protocol,
      timeout: PROBE_TIMEOUT,
      ...originArguments(origin),
    });
    const hops = lastRound(rows).slice(0, MOST_HOPS).map(toHop);
    return { reached: isReached(address, hops), hops };
  },
});

/** Every round has all hops, with the totals so far; only the last one counts. */
function lastRound(rows: readonly RouterRecord[]): RouterRecord[] {
  const section = (row: RouterRecord): number => toNumber(row['.section']) ?? 0;
  const last = rows.reduce((highest, row) => Math.max(highest, section(row)), 0);
  return rows.filter((row) => section(row) === last);
}

function toHop(row: RouterRecord, index: number): z.input<typeof Hop> {
  return {
    hop: index + 1,
    address: row['address'] || null,
    lossPercent: toNumber(row['loss']?.replace(/%$/, '')),
    sent: toNumber(row['sent']),
    lastMs: plainMilliseconds(row['last']),
    avgMs: plainMilliseconds(row['avg']),
    bestMs: plainMilliseconds(row['best']),
    worstMs: plainMilliseconds(row['worst']),
    status: row['status'] || null,
  };
}

/** Plain numbers are milliseconds here. */
function plainMilliseconds(text: string | undefined): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : toMilliseconds(text);
}

function isReached(target: string, hops: readonly z.input<typeof Hop>[]): boolean | null {
  const last = hops.at(-1);
  if (last?.address === target) return last.lossPercent !== 100;
  return canonicalAddress(target) === null && last?.address != null ? null : false;
}
