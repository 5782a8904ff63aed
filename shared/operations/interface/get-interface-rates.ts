import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toBps, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { InterfaceName } from '../list-filters.ts';
import { Name, Word } from '../output-fields.ts';
import { INTERFACE } from './interface-entry.ts';
import { missingInterface } from './missing-interface.ts';

/** Types of interfaces that are hardware, of which traffic is shown when nobody names any. */
const PHYSICAL: ReadonlySet<string | undefined> = new Set(['ether', 'wifi', 'wlan', 'lte']);

const Rates = z.strictObject({
  name: Name,
  type: Word.nullable(),
  running: z.boolean(),
  rxBps: z.number().nullable(),
  txBps: z.number().nullable(),
  rxPacketsPerSecond: z.number().nullable(),
  txPacketsPerSecond: z.number().nullable(),
  rxDropsPerSecond: z.number().nullable(),
  txDropsPerSecond: z.number().nullable(),
  txQueueDropsPerSecond: z.number().nullable(),
  rxErrorsPerSecond: z.number().nullable(),
  txErrorsPerSecond: z.number().nullable(),
});

export const getInterfaceRates = defineRead({
  name: 'get_interface_rates',
  title: 'Live interface rates',
  summary: 'How much traffic passes interfaces right now: bits, packets, drops and errors per second, both directions.',
  toolset: 'interfaces',
  isCore: true,
  phase: 1,
  paths: [INTERFACE],
  input: z.strictObject({
    interfaces: z
      .array(InterfaceName)
      .min(1)
      .max(20)
      .optional()
      .describe('Names, such as ["ether1"]; default: every running physical interface'),
  }),
  output: z.strictObject({ rates: z.array(Rates) }),
  example: {},
  handler: async (router, { interfaces }) => {
    const rows = await router.list(INTERFACE, { fields: ['name', 'type', 'running'] });
    const known = new Map(rows.map((row) => [row['name'] ?? '', row]));
    const missing = interfaces?.find((name) => !known.has(name));
    if (missing !== undefined) throw missingInterface(missing, [...known.keys()]);
    const wanted = interfaces ?? rows.filter(isPhysicalAndRunning).map((row) => row['name'] ?? '');
    const names = [...new Set(wanted)];
    if (names.length === 0) return { rates: [] };
    const list = names.map((name) => inList(name, known.get(name)!)).join(',');
    const reply = await router.run(INTERFACE, 'monitor-traffic', { interface: list, once: '' });
    return { rates: reply.rows.map((row) => toRates(row, known.get(row['name'] ?? ''))) };
  },
});

function isPhysicalAndRunning(row: RouterRecord): boolean {
  return PHYSICAL.has(row['type']) && toBoolean(row['running']);
}

/** A name with a comma would be read as two. */
function inList(name: string, row: RouterRecord): string {
  return name.includes(',') ? toRequiredText(row['.id'], '.id') : name;
}

function toRates(seen: RouterRecord, row: RouterRecord = {}): z.input<typeof Rates> {
  return {
    name: toRequiredText(seen['name'], 'name'),
    type: row['type'] ?? null,
    running: toBoolean(row['running']),
    rxBps: toBps(seen['rx-bits-per-second']),
    txBps: toBps(seen['tx-bits-per-second']),
    rxPacketsPerSecond: toNumber(seen['rx-packets-per-second']),
    txPacketsPerSecond: toNumber(seen['tx-packets-per-second']),
    rxDropsPerSecond: toNumber(seen['rx-drops-per-second']),
    txDropsPerSecond: toNumber(seen['tx-drops-per-second']),
    txQueueDropsPerSecond: toNumber(seen['tx-queue-drops-per-second']),
    rxErrorsPerSecond: toNumber(seen['rx-errors-per-second']),
    txErrorsPerSecond: toNumber(seen['tx-errors-per-second']),
  };
}
