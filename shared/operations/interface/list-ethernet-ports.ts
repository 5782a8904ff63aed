import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toOptionalBoolean, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { holdsPart, isWanted, PartOfText } from '../list-filters.ts';
import { CommentText, Name, untrusted, Word } from '../output-fields.ts';
import { ETHERNET, LinkFields, monitorPorts, toLink, toSfpModule } from './ethernet-link.ts';

const FIELDS = [
  'name',
  'default-name',
  'disabled',
  'comment',
  'mac-address',
  'auto-negotiation',
  'speed',
  'switch',
  'poe-out',
];

const Port = z.strictObject({
  id: Word,
  name: Name,
  defaultName: Name.nullable(),
  disabled: z.boolean(),
  comment: CommentText,
  macAddress: Word.nullable(),
  ...LinkFields,
  autoNegotiation: z.boolean().nullable().describe('As it is set'),
  configuredSpeed: Word.nullable(),
  switch: Name.nullable(),
  poeOut: Word.nullable().describe('Null where the port gives no power'),
  sfpPresent: z.boolean().nullable().describe('Null where the port is no cage'),
  sfpType: untrusted(64).nullable(),
  sfpRxPowerDbm: z.number().nullable(),
});

export const listEthernetPorts = defineListRead({
  name: 'list_ethernet_ports',
  title: 'Ethernet ports',
  summary:
    'Every Ethernet and SFP port with its link, negotiated speed and duplex now, so that slow or dead ports stand out.',
  toolset: 'interfaces',
  phase: 1,
  paths: [ETHERNET],
  filters: z.strictObject({
    link: z.boolean().optional().describe('Only ports with a link, or only ports without'),
    contains: PartOfText.optional().describe('Only those with this in name or comment'),
  }),
  item: Port,
  items: 'ports',
  limits: { usual: 64, most: 256 },
  read: async (router, { link, contains }) => {
    const ports = await router.list(ETHERNET, { fields: FIELDS });
    const named = ports.filter((port) => holdsPart(contains, port['name'], port['comment']));
    const seen = await monitorPorts(router, named);
    const rows = named.map((port) => toPort(port, seen.get(port['name']) ?? {}));
    return { rows: rows.filter((port) => isWanted(link, port.link)) };
  },
});

function toPort(port: RouterRecord, seen: RouterRecord): z.input<typeof Port> {
  const sfp = toSfpModule(seen);
  return {
    id: toRequiredText(port['.id'], '.id'),
    name: toRequiredText(port['name'], 'name'),
    defaultName: port['default-name'] ?? null,
    disabled: toBoolean(port['disabled']),
    comment: port['comment'] ?? null,
    macAddress: port['mac-address'] ?? null,
    ...toLink(seen),
    autoNegotiation: toOptionalBoolean(port['auto-negotiation']),
    configuredSpeed: port['speed'] ?? null,
    switch: port['switch'] ?? null,
    poeOut: port['poe-out'] ?? null,
    sfpPresent: sfp?.present ?? null,
    sfpType: sfp?.type ?? null,
    sfpRxPowerDbm: sfp?.rxPowerDbm ?? null,
  };
}
