import { z } from 'zod';
import type { Router } from '../../routeros/router.ts';
import { toBoolean, toNumber } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { Word } from '../output-fields.ts';

const TRACKING = '/ip/firewall/connection/tracking';
const CONNECTIONS = '/ip/firewall/connection';
const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const;
/** Many half-open ones are a flood, many established ones just a busy network. */
const TCP_STATES = ['established', 'syn-sent', 'syn-received', 'time-wait'] as const;
/** A router looks at every connection each time it counts; above this it is left alone. */
const MOST_COUNTED = 50_000;

const Count = z.strictObject({ name: Word, connections: z.int() });

export const countConnections = defineRead({
  name: 'count_connections',
  title: 'Tracked connections',
  summary:
    'How full the connection tracking table of a router is: tracked connections, limit, and IPv4 counts by protocol and TCP state.',
  toolset: 'firewall',
  phase: 1,
  paths: [TRACKING, CONNECTIONS],
  input: z.strictObject({}),
  output: z.strictObject({
    /** auto: on as soon as a rule needs it. */
    tracking: z.enum(['yes', 'no', 'auto']),
    isActive: z.boolean(),
    total: z.number().nullable(),
    maximum: z.number().nullable(),
    usedPercent: z.number().nullable(),
    /** IPv4 connections; null when there are too many to be counted one by one. */
    byProtocol: z.array(Count).nullable(),
    byTcpState: z.array(Count).nullable(),
  }),
  example: {},
  handler: async (router) => {
    const record = await router.get(TRACKING);
    const total = toNumber(record['total-entries']);
    const maximum = toNumber(record['max-entries']);
    const isCounted = total !== null && total <= MOST_COUNTED;
    return {
      tracking: trackingOf(record['enabled']),
      isActive:
        record['active-ipv4'] === undefined ? trackingOf(record['enabled']) !== 'no' : toBoolean(record['active-ipv4']),
      total,
      maximum,
      usedPercent: total === null || !maximum ? null : Math.round((total / maximum) * 1000) / 10,
      byProtocol: isCounted ? await countEach(router, 'protocol', PROTOCOLS) : null,
      byTcpState: isCounted ? await countEach(router, 'tcp-state', TCP_STATES) : null,
    };
  },
});

function trackingOf(enabled: string | undefined): 'yes' | 'no' | 'auto' {
  return enabled === undefined || enabled === 'auto' ? 'auto' : toBoolean(enabled) ? 'yes' : 'no';
}

async function countEach(router: Router, field: string, values: readonly string[]): Promise<z.input<typeof Count>[]> {
  const counts = [];
  for (const name of values) counts.push({ name, connections: await router.count(CONNECTIONS, { [field]: name }) });
  return counts;
}
