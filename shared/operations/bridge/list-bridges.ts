import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toNumber, toOptionalBoolean, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const BRIDGE = '/interface/bridge';
const FIELDS = [
  'name',
  'running',
  'disabled',
  'comment',
  'mac-address',
  'actual-mtu',
  'protocol-mode',
  'priority',
  'vlan-filtering',
  'pvid',
  'frame-types',
  'ingress-filtering',
  'igmp-snooping',
  'dhcp-snooping',
  'fast-forward',
  'ageing-time',
  'forward-delay',
  'max-message-age',
];

const Bridge = z.strictObject({
  id: Word,
  name: Name,
  running: z.boolean(),
  disabled: z.boolean(),
  comment: CommentText,
  macAddress: Word.nullable(),
  actualMtu: z.number().nullable(),
  protocol: Word.nullable().describe('none, stp, rstp or mstp'),
  priority: z.number().nullable(),
  isRoot: z.boolean().nullable().describe('Of the spanning tree; null while unknown'),
  rootBridgeId: Word.nullable(),
  rootPort: Name.nullable(),
  rootPathCost: z.number().nullable(),
  portCount: z.number().nullable(),
  vlanFiltering: z.boolean(),
  pvid: z.number().nullable(),
  frameTypes: Word.nullable(),
  ingressFiltering: z.boolean().nullable(),
  igmpSnooping: z.boolean(),
  dhcpSnooping: z.boolean(),
  fastForward: z.boolean().nullable(),
  ageingTimeSeconds: z.number().nullable(),
  forwardDelaySeconds: z.number().nullable(),
  maxMessageAgeSeconds: z.number().nullable(),
});

export const listBridges = defineListRead({
  name: 'list_bridges',
  title: 'Bridges',
  summary: 'Bridges with spanning tree mode and root, VLAN filtering, snooping and timers.',
  toolset: 'interfaces',
  phase: 1,
  paths: [BRIDGE],
  filters: z.strictObject({}),
  item: Bridge,
  items: 'bridges',
  limits: { usual: 50, most: 200 },
  read: async (router) => {
    const rows = await router.list(BRIDGE, { fields: FIELDS });
    const states = await monitorBridges(router, rows);
    return { rows: rows.map((row, index) => toBridge(row, states[index] ?? {})) };
  },
});

/** The state of each, in the same order: its rows say not whose they are. */
async function monitorBridges(router: Router, rows: readonly RouterRecord[]): Promise<RouterRecord[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => toRequiredText(row['.id'], '.id')).join(',');
  const reply = await router.run(BRIDGE, 'monitor', { numbers: ids, once: '' });
  return reply.rows.length === rows.length ? reply.rows : [];
}

function toBridge(row: RouterRecord, state: RouterRecord): z.input<typeof Bridge> {
  const rootPort = state['root-port'];
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: toRequiredText(row['name'], 'name'),
    running: toBoolean(row['running']),
    disabled: toBoolean(row['disabled']),
    comment: row['comment'] ?? null,
    macAddress: row['mac-address'] ?? null,
    actualMtu: toNumber(row['actual-mtu']),
    protocol: row['protocol-mode'] ?? null,
    priority: toNumber(row['priority']),
    isRoot: toOptionalBoolean(state['root-bridge']),
    rootBridgeId: state['root-bridge-id'] ?? null,
    rootPort: rootPort === undefined || rootPort === 'none' ? null : rootPort,
    rootPathCost: toNumber(state['root-path-cost']),
    portCount: toNumber(state['port-count']),
    vlanFiltering: toBoolean(row['vlan-filtering']),
    pvid: toNumber(row['pvid']),
    frameTypes: row['frame-types'] ?? null,
    ingressFiltering: toOptionalBoolean(row['ingress-filtering']),
    igmpSnooping: toBoolean(row['igmp-snooping']),
    dhcpSnooping: toBoolean(row['dhcp-snooping']),
    fastForward: toOptionalBoolean(row['fast-forward']),
    ageingTimeSeconds: toSeconds(row['ageing-time']),
    forwardDelaySeconds: toSeconds(row['forward-delay']),
    maxMessageAgeSeconds: toSeconds(row['max-message-age']),
  };
}
