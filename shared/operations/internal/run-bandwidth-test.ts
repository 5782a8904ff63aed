import { z } from 'zod';
import { toBps, toNumber } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { Word } from '../output-fields.ts';
import { toPercent } from '../system/percent.ts';

const TOOL = '/tool';

/** Settings of a test that callers choose. */
export const BANDWIDTH_TEST_INPUT = {
  // The first second goes by with connecting.
  durationSeconds: z.int().min(3).max(20).default(5).describe('How long'),
  direction: z
    .enum(['receive', 'transmit', 'both'])
    .default('both')
    .describe('Of the traffic, seen from the device that begins'),
  protocol: z.enum(['tcp', 'udp']).default('tcp').describe('udp fills the link without regard to others'),
  limitMbps: z.int().min(1).max(100_000).optional().describe('No faster than this; left out, as fast as it goes'),
};

export const runBandwidthTest = defineRead({
  name: 'run_bandwidth_test',
  title: 'Bandwidth test',
  summary: 'Sends traffic between a router and the bandwidth server of another one for some seconds.',
  toolset: 'diagnostics',
  phase: 2,
  paths: ['/tool/bandwidth-test'],
  flag: 'allowBandwidthTest',
  isActive: true,
  input: z.strictObject({ address: z.ipv4().describe('The other end'), ...BANDWIDTH_TEST_INPUT }),
  output: z.strictObject({
    /** RouterOS' word for how it ended, such as done_testing or can_not_connect. */
    status: Word,
    receiveBps: z.number().nullable(),
    transmitBps: z.number().nullable(),
    lostPackets: z.number().nullable(),
    ownCpuPercent: z.number().nullable(),
    otherCpuPercent: z.number().nullable(),
  }),
  example: { address: '10.20.0.1', durationSeconds: 3 },
  handler: async (router, { address, durationSeconds, direction, protocol, limitMbps }) => {
    const speed = limitMbps === undefined ? null : `${limitMbps}M`;
    const { rows } = await router.run(TOOL, 'bandwidth-test', {
      address,
      duration: `${durationSeconds}s`,
      direction,
      protocol,
      // Said, so that the router does not fill in a login of its own.
      user: '',
      password: '',
      ...(speed === null ? {} : { 'local-tx-speed': speed, 'remote-tx-speed': speed }),
    });
    const last = rows.at(-1) ?? {};
    return {
      status: last['status'] ?? 'unknown',
      receiveBps: toBps(last['rx-total-average']),
      transmitBps: toBps(last['tx-total-average']),
      lostPackets: toNumber(last['lost-packets']),
      ownCpuPercent: toPercent(last['local-cpu-load']),
      otherCpuPercent: toPercent(last['remote-cpu-load']),
    };
  },
});
