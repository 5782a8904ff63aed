import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toNumber, toOptionalBoolean, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { InterfaceName, isWanted } from '../list-filters.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const PORT = '/interface/bridge/port';
const FIELDS = [
  'bridge',
  'interface',
  'disabled',
  'dynamic',
  'comment',
  'status',
  'inactive',
  'role',
  'forwarding',
  'learning',
  'pvid',
  'frame-types',
  'ingress-filtering',
  'priority',
  'path-cost',
  'edge',
  'point-to-point',
  'bpdu-guard',
  'horizon',
  'trusted',
  'hw-offload',
];

const Port = z.strictObject({
  id: Word,
  bridge: Name,
  interface: Name,
  disabled: z.boolean(),
  dynamic: z.boolean(),
  comment: CommentText,
  active: z.boolean().describe('It works and is in the bridge now'),
  role: Word.nullable().describe('In the spanning tree: root-port, designated-port, alternate-port …'),
  forwarding: z.boolean().nullable(),
  learning: z.boolean().nullable(),
  pvid: z.number().nullable(),
  frameTypes: Word.nullable(),
  ingressFiltering: z.boolean().nullable(),
  priority: z.number().nullable(),
  pathCost: z.number().nullable().describe('Null: by speed'),
  edge: Word.nullable(),
  pointToPoint: Word.nullable(),
  bpduGuard: z.boolean(),
  horizon: z.number().nullable(),
  trusted: z.boolean().describe('For DHCP snooping'),
  hwOffload: z.boolean().describe('The switch chip forwards it'),
});

export const listBridgePorts = defineListRead({
  name: 'list_bridge_ports',
  title: 'Bridge ports',
  summary: 'Which interfaces are ports of which bridge, with PVID, spanning tree role and state, and hardware offload.',
  toolset: 'interfaces',
  phase: 1,
  paths: [PORT],
  filters: z.strictObject({
    bridge: InterfaceName.optional().describe('Only ports of this bridge'),
    interface: InterfaceName.optional().describe('Only this interface'),
    active: z.boolean().optional().describe('Only ports that work now, or only others'),
  }),
  item: Port,
  items: 'ports',
  limits: { usual: 100, most: 500 },
  read: async (router, { bridge, interface: name, active }) => {
    const rows = await router.list(PORT, { fields: FIELDS });
    return {
      rows: rows
        .map(toPort)
        .filter((one) => isWanted(bridge, one.bridge) && isWanted(name, one.interface) && isWanted(active, one.active)),
    };
  },
});

function toPort(row: RouterRecord): z.input<typeof Port> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    bridge: toRequiredText(row['bridge'], 'bridge'),
    interface: toRequiredText(row['interface'], 'interface'),
    disabled: toBoolean(row['disabled']),
    dynamic: toBoolean(row['dynamic']),
    comment: row['comment'] ?? null,
    active: isActive(row),
    role: row['role'] ?? null,
    forwarding: toOptionalBoolean(row['forwarding']),
    learning: toOptionalBoolean(row['learning']),
    pvid: toNumber(row['pvid']),
    frameTypes: row['frame-types'] ?? null,
    ingressFiltering: toOptionalBoolean(row['ingress-filtering']),
    priority: toNumber(row['priority']),
    pathCost: toNumber(row['path-cost']),
    edge: row['edge'] ?? null,
    pointToPoint: row['point-to-point'] ?? null,
    bpduGuard: toBoolean(row['bpdu-guard']),
    horizon: toNumber(row['horizon']),
    trusted: toBoolean(row['trusted']),
    hwOffload: toBoolean(row['hw-offload']),
  };
}

/** Versions tell it in one of two fields, or in both. */
function isActive(row: RouterRecord): boolean {
  if (toBoolean(row['disabled'])) return false;
  if (row['inactive'] !== undefined) return !toBoolean(row['inactive']);
  return row['status'] === undefined || row['status'] === 'in-bridge';
}
