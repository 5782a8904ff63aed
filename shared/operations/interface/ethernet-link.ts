import { z } from 'zod';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBps, toMeasure, toOptionalBoolean, toRequiredText } from '../../routeros/values.ts';
import { untrusted, Word } from '../output-fields.ts';

export const ETHERNET = '/interface/ethernet';

/** The link of an Ethernet port now; the speed of one without a link is null. */
export const LinkFields = {
  link: z.boolean(),
  status: Word.nullable().describe('link-ok, no-link or unknown'),
  rateBps: z.number().nullable(),
  fullDuplex: z.boolean().nullable(),
  negotiation: Word.nullable().describe('done, incomplete, failed or disabled'),
};

/** What a module in a cage says about itself; its maker wrote the texts. Absent measures are null. */
export const SfpModule = z
  .strictObject({
    present: z.boolean(),
    type: untrusted(64).nullable(),
    connector: untrusted(64).nullable(),
    vendor: untrusted(64).nullable(),
    partNumber: untrusted(64).nullable(),
    serialNumber: untrusted(64).nullable(),
    wavelengthNm: z.number().nullable(),
    temperatureC: z.number().nullable(),
    supplyVoltageV: z.number().nullable(),
    txBiasMa: z.number().nullable(),
    rxPowerDbm: z.number().nullable(),
    txPowerDbm: z.number().nullable(),
    rxLoss: z.boolean().nullable(),
    txFault: z.boolean().nullable(),
  })
  .nullable();

export type EthernetLink = z.input<z.ZodObject<typeof LinkFields>>;

/** What `monitor` says of these ports, by their names. */
export async function monitorPorts(
  router: Router,
  ports: readonly RouterRecord[],
): Promise<ReadonlyMap<string | undefined, RouterRecord>> {
  if (ports.length === 0) return new Map();
  // By id: a name may hold a comma, and one of digits only would be taken for a position.
  const ids = ports.map((port) => toRequiredText(port['.id'], '.id')).join(',');
  const { rows } = await router.run(ETHERNET, 'monitor', { numbers: ids, once: '' });
  return new Map(rows.map((row) => [row['name'], row]));
}

export function toLink(seen: RouterRecord): EthernetLink {
  return {
    link: seen['status'] === 'link-ok',
    status: seen['status'] ?? null,
    rateBps: toBps(seen['rate']),
    fullDuplex: toOptionalBoolean(seen['full-duplex']),
    negotiation: seen['auto-negotiation'] ?? null,
  };
}

/** Null for ports that are no cages. */
export function toSfpModule(seen: RouterRecord): z.input<typeof SfpModule> {
  if (seen['sfp-module-present'] === undefined) return null;
  return {
    present: toOptionalBoolean(seen['sfp-module-present']) ?? false,
    type: seen['sfp-type'] ?? null,
    connector: seen['sfp-connector-type'] ?? null,
    vendor: seen['sfp-vendor-name'] ?? null,
    partNumber: seen['sfp-vendor-part-number'] ?? null,
    serialNumber: seen['sfp-vendor-serial'] ?? null,
    wavelengthNm: toMeasure(seen['sfp-wavelength']),
    temperatureC: toMeasure(seen['sfp-temperature']),
    supplyVoltageV: toMeasure(seen['sfp-supply-voltage']),
    txBiasMa: toMeasure(seen['sfp-tx-bias-current']),
    rxPowerDbm: toMeasure(seen['sfp-rx-power']),
    txPowerDbm: toMeasure(seen['sfp-tx-power']),
    rxLoss: toOptionalBoolean(seen['sfp-rx-loss']),
    txFault: toOptionalBoolean(seen['sfp-tx-fault']),
  };
}
