import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toCount, toList, toMeasure, toNumber, toOptionalBoolean, toRequiredText } from '../../routeros/values.ts';
import { Name, Word } from '../output-fields.ts';
import { ETHERNET, LinkFields, monitorPorts, SfpModule, toLink, toSfpModule } from './ethernet-link.ts';

const POE = '/interface/ethernet/poe';
export const ETHERNET_MENUS = [ETHERNET, POE];

/** Frames that came or went damaged, since the start. Null where the port does not count them. */
const DAMAGE_COUNTERS = {
  rxFcsErrors: 'rx-fcs-error',
  rxAlignErrors: 'rx-align-error',
  rxFragments: 'rx-fragment',
  rxJabbers: 'rx-jabber',
  rxOverflows: 'rx-overflow',
  rxTooShort: 'rx-too-short',
  rxTooLong: 'rx-too-long',
  rxPauses: 'rx-pause',
  txPauses: 'tx-pause',
  txCollisions: 'tx-collision',
  txLateCollisions: 'tx-late-collision',
  txUnderruns: 'tx-underrun',
} as const;

const FIELDS = [
  'name',
  'default-name',
  'auto-negotiation',
  'speed',
  'bandwidth',
  'rx-flow-control',
  'tx-flow-control',
  'loop-protect-status',
  'switch',
  'orig-mac-address',
  'poe-out',
  ...Object.values(DAMAGE_COUNTERS),
];

const counters = Object.fromEntries(
  Object.keys(DAMAGE_COUNTERS).map((name) => [name, z.number().nullable()]),
) as Record<keyof typeof DAMAGE_COUNTERS, z.ZodNullable<z.ZodNumber>>;

/** Power that the port gives, on boards where it can. */
const PowerOut = z
  .strictObject({
    mode: Word.nullable().describe('auto-on, forced-on or off'),
    status: Word.nullable().describe('powered-on, waiting-for-load, short-circuit …'),
    voltageV: z.number().nullable(),
    currentMa: z.number().nullable(),
    powerW: z.number().nullable(),
    priority: z.number().nullable(),
  })
  .nullable();

/** Settings of an Ethernet port, its link now, what is in its cage and the power it gives. */
export const EthernetDetails = z.strictObject({
  defaultName: Name.nullable(),
  factoryMacAddress: Word.nullable(),
  switch: Name.nullable(),
  autoNegotiation: z.boolean().nullable(),
  configuredSpeed: Word.nullable().describe('Set by hand, where nothing is negotiated'),
  ...LinkFields,
  advertised: z.array(Word),
  partnerAdvertised: z.array(Word),
  supported: z.array(Word),
  rxFlowControl: Word.nullable(),
  txFlowControl: Word.nullable(),
  loopProtect: Word.nullable(),
  bandwidth: Word.nullable().describe('Limit, receiving/sending'),
  ...counters,
  sfp: SfpModule,
  poe: PowerOut,
});

/** Asks a port of this name. */
export async function readEthernet(router: Router, name: string): Promise<z.input<typeof EthernetDetails>> {
  const [port] = await router.list(ETHERNET, { fields: FIELDS, only: { name } });
  if (port === undefined)
    throw new AppError('DEVICE_REPLY_INVALID', { message: 'The port vanished while it was read.' });
  const seen = (await monitorPorts(router, [port])).get(port['name']) ?? {};
  return {
    defaultName: port['default-name'] ?? null,
    factoryMacAddress: port['orig-mac-address'] ?? null,
    switch: port['switch'] ?? null,
    autoNegotiation: toOptionalBoolean(port['auto-negotiation']),
    configuredSpeed: port['speed'] ?? null,
    ...toLink(seen),
    advertised: toList(seen['advertising']),
    partnerAdvertised: toList(seen['link-partner-advertising']),
    supported: toList(seen['supported']),
    rxFlowControl: port['rx-flow-control'] ?? null,
    txFlowControl: port['tx-flow-control'] ?? null,
    loopProtect: port['loop-protect-status'] ?? null,
    bandwidth: port['bandwidth'] ?? null,
    ...countersOf(port),
    sfp: toSfpModule(seen),
    // Only ports that can give power have the setting, and only boards with such ports the menu.
    poe: port['poe-out'] === undefined ? null : await readPower(router, name),
  };
}

function countersOf(port: RouterRecord): Record<keyof typeof DAMAGE_COUNTERS, number | null> {
  return Object.fromEntries(
    Object.entries(DAMAGE_COUNTERS).map(([name, field]) => [name, toCount(port[field])]),
  ) as Record<keyof typeof DAMAGE_COUNTERS, number | null>;
}

async function readPower(router: Router, name: string): Promise<z.input<typeof PowerOut>> {
  const [port] = await router.list(POE, { fields: ['name', 'poe-out', 'poe-priority'], only: { name } });
  if (port === undefined) return null;
  const { rows } = await router.run(POE, 'monitor', { numbers: toRequiredText(port['.id'], '.id'), once: '' });
  const [seen = {}] = rows;
  return {
    mode: port['poe-out'] ?? null,
    status: seen['poe-out-status'] ?? null,
    voltageV: toMeasure(seen['poe-out-voltage']),
    currentMa: toMeasure(seen['poe-out-current']),
    powerW: toMeasure(seen['poe-out-power']),
    priority: toNumber(port['poe-priority']),
  };
}
