import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { InterfaceName, isWanted } from '../list-filters.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const VLAN = '/interface/bridge/vlan';
const FIELDS = [
  'bridge',
  'vlan-ids',
  'tagged',
  'untagged',
  'current-tagged',
  'current-untagged',
  'disabled',
  'dynamic',
  'comment',
];

const BridgeVlan = z.strictObject({
  id: Word,
  bridge: Name,
  vlanIds: z.array(Word).describe('Ids and ranges, such as "10" and "20-30"'),
  tagged: z.array(Name),
  untagged: z.array(Name),
  currentTagged: z.array(Name).describe('Ports that carry it now'),
  currentUntagged: z.array(Name),
  disabled: z.boolean(),
  dynamic: z.boolean(),
  comment: CommentText,
});

export const listBridgeVlans = defineListRead({
  name: 'list_bridge_vlans',
  title: 'Bridge VLANs',
  summary: 'The VLAN table of bridges: which VLAN ids pass which ports tagged or untagged, as set and as it is now.',
  toolset: 'interfaces',
  phase: 1,
  paths: [VLAN],
  filters: z.strictObject({
    bridge: InterfaceName.optional().describe('Only VLANs of this bridge'),
    vlanId: z.int().min(1).max(4094).optional().describe('Only entries that cover this VLAN id'),
    port: InterfaceName.optional().describe('Only VLANs that this interface carries, tagged or untagged'),
  }),
  item: BridgeVlan,
  items: 'vlans',
  limits: { usual: 100, most: 500 },
  read: async (router, { bridge, vlanId, port }) => {
    const rows = await router.list(VLAN, { fields: FIELDS });
    return {
      rows: rows
        .map(toBridgeVlan)
        .filter((one) => isWanted(bridge, one.bridge) && covers(one.vlanIds, vlanId) && isCarried(one, port)),
    };
  },
});

function toBridgeVlan(row: RouterRecord): z.input<typeof BridgeVlan> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    bridge: toRequiredText(row['bridge'], 'bridge'),
    vlanIds: toList(row['vlan-ids']),
    tagged: toList(row['tagged']),
    untagged: toList(row['untagged']),
    currentTagged: toList(row['current-tagged']),
    currentUntagged: toList(row['current-untagged']),
    disabled: toBoolean(row['disabled']),
    dynamic: toBoolean(row['dynamic']),
    comment: row['comment'] ?? null,
  };
}

function covers(vlanIds: readonly string[], wanted: number | undefined): boolean {
  if (wanted === undefined) return true;
  return vlanIds.some((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return first !== undefined && last !== undefined && first <= wanted && wanted <= last;
  });
}

function isCarried(vlan: z.input<typeof BridgeVlan>, port: string | undefined): boolean {
  if (port === undefined) return true;
  return [vlan.tagged, vlan.untagged, vlan.currentTagged, vlan.currentUntagged].some((ports) => ports.includes(port));
}
