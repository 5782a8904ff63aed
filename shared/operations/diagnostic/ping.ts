import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toNumber } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { Word } from '../output-fields.ts';
import { originArguments, PROBE_ORIGIN, ProbeTarget, toMilliseconds } from './probe-target.ts';

const TOOL = '/tool';
/** With the longest interval well below the time a router answers in. */
const MOST_PROBES = 20;
/** Of jumbo frames. */
const LARGEST_FRAME_BYTES = 9216;

const Probe = z.strictObject({
  sequence: z.number(),
  /** Who answered: the target, or a router on the way that tells why not. */
  from: Word.nullable(),
  /** `answered`, or RouterOS' word, such as timeout or host_unreachable. */
  status: Word,
  timeMs: z.number().nullable(),
  ttl: z.number().nullable(),
  sizeBytes: z.number().nullable(),
});

export const ping = defineRead({
  name: 'ping',
  title: 'Ping from a router',
  summary: 'Pings an address or host name from a router: loss and round-trip times, and what became of each packet.',
  toolset: 'diagnostics',
  isCore: true,
  phase: 1,
  paths: ['/tool/ping'],
  isActive: true,
  // The last packet is waited for a second.
  mostSeconds: ({ count, intervalMs }) => Math.ceil((count * intervalMs) / 1000) + 1,
  reachesOutside: true,
  input: z.strictObject({
    address: ProbeTarget,
    count: z.int().min(1).max(MOST_PROBES).default(4).describe('Packets'),
    sizeBytes: z.int().min(28).max(LARGEST_FRAME_BYTES).default(56).describe('Of a packet with its headers'),
    intervalMs: z.int().min(100).max(1000).default(500).describe('Between packets'),
    doNotFragment: z.boolean().default(false).describe('To find the largest packet of a path'),
    ...PROBE_ORIGIN,
  }),
  output: z.strictObject({
    sent: z.int(),
    received: z.int(),
    lossPercent: z.number(),
    minMs: z.number().nullable(),
    avgMs: z.number().nullable(),
    maxMs: z.number().nullable(),
    probes: z.array(Probe),
  }),
  example: { address: '192.168.88.1', count: 1 },
  handler: async (router, { address, count, sizeBytes, intervalMs, doNotFragment, ...origin }) => {
    const { rows } = await router.run(TOOL, 'ping', {
      address,
      count: String(count),
      size: String(sizeBytes),
      interval: `${intervalMs}ms`,
      ...(doNotFragment ? { 'do-not-fragment': 'yes' } : {}),
      ...originArguments(origin),
    });
    const probes = rows.slice(0, MOST_PROBES).map(toProbe);
    // Every row has the totals so far.
    const totals = rows.at(-1) ?? {};
    const sent = toNumber(totals['sent']) ?? 0;
    const received = toNumber(totals['received']) ?? 0;
    return {
      sent,
      received,
      lossPercent: sent === 0 ? 100 : Math.round(((sent - received) / sent) * 1000) / 10,
      minMs: toMilliseconds(totals['min-rtt']),
      avgMs: toMilliseconds(totals['avg-rtt']),
      maxMs: toMilliseconds(totals['max-rtt']),
      probes,
    };
  },
});

function toProbe(row: RouterRecord, position: number): z.input<typeof Probe> {
  const timeMs = toMilliseconds(row['time']);
  return {
    sequence: toNumber(row['seq']) ?? position,
    from: row['host'] || null,
    status: row['status'] || (timeMs === null ? 'timeout' : 'answered'),
    timeMs,
    ttl: toNumber(row['ttl']),
    sizeBytes: toNumber(row['size']),
  };
}
