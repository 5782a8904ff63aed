import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { InterfaceName, isWanted } from '../list-filters.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const VLAN = '/interface/vlan';
const FIELDS = [
  'name',
  'vlan-id',
  'interface',
  'running',
  'disabled',
  'comment',
  'mac-address',
  'mtu',
  'l2mtu',
  'arp',
  'use-service-tag',
];

const Vlan = z.strictObject({
  id: Word,
  name: Name,
  vlanId: z.number().nullable(),
  parent: Name.describe('The interface that it lies on'),
  running: z.boolean(),
  disabled: z.boolean(),
  comment: CommentText,
  macAddress: Word.nullable(),
  mtu: z.number().nullable(),
  l2Mtu: z.number().nullable(),
  arp: Word.nullable(),
  serviceTag: z.boolean().describe('802.1ad instead of 802.1Q'),
});

export const listVlans = defineListRead({
  name: 'list_vlans',
  title: 'VLAN interfaces',
  summary: 'VLAN interfaces (802.1Q subinterfaces) with VLAN id and parent; VLANs inside a bridge: list_bridge_vlans.',
  toolset: 'interfaces',
  phase: 1,
  paths: [VLAN],
  filters: z.strictObject({
    parent: InterfaceName.optional().describe('Only VLANs on this interface'),
    vlanId: z.int().min(1).max(4095).optional().describe('Only this VLAN id'),
  }),
  item: Vlan,
  items: 'vlans',
  limits: { usual: 100, most: 500 },
  read: async (router, { parent, vlanId }) => {
    const rows = await router.list(VLAN, { fields: FIELDS });
    return { rows: rows.map(toVlan).filter((one) => isWanted(parent, one.parent) && isWanted(vlanId, one.vlanId)) };
  },
});

function toVlan(row: RouterRecord): z.input<typeof Vlan> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: toRequiredText(row['name'], 'name'),
    vlanId: toNumber(row['vlan-id']),
    parent: toRequiredText(row['interface'], 'interface'),
    running: toBoolean(row['running']),
    disabled: toBoolean(row['disabled']),
    comment: row['comment'] ?? null,
    macAddress: row['mac-address'] ?? null,
    mtu: toNumber(row['mtu']),
    l2Mtu: toNumber(row['l2mtu']),
    arp: row['arp'] ?? null,
    serviceTag: toBoolean(row['use-service-tag']),
  };
}
