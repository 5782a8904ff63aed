import { z } from 'zod';
import { clipText } from '../../routeros/device-text.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toBytes, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';

const INTERFACE = '/interface';
const FIELDS = [
  'name',
  'type',
  'running',
  'disabled',
  'dynamic',
  'comment',
  'mac-address',
  'mtu',
  'actual-mtu',
  'l2mtu',
  'link-downs',
  'rx-byte',
  'tx-byte',
];

const Interface = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string().nullable(),
  running: z.boolean(),
  disabled: z.boolean(),
  dynamic: z.boolean(),
  comment: z.string().nullable(),
  macAddress: z.string().nullable(),
  mtu: z.number().nullable(),
  actualMtu: z.number().nullable(),
  l2Mtu: z.number().nullable(),
  linkDowns: z.number().nullable(),
  rxBytes: z.number().nullable(),
  txBytes: z.number().nullable(),
});

export const listInterfaces = defineRead({
  name: 'list_interfaces',
  title: 'Interfaces',
  summary: "A router's interfaces with type, state, MTU, MAC address and traffic counters.",
  phase: 1,
  paths: [INTERFACE],
  input: z.strictObject({
    type: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, 'an interface type is 1 to 32 lower-case letters, digits or "-"')
      .optional()
      .describe('Only interfaces of this RouterOS type, such as "ether", "bridge" or "vlan"'),
    limit: z.int().min(1).max(500).default(100).describe('Interfaces to return at most, 1 to 500'),
  }),
  output: z.strictObject({ interfaces: z.array(Interface), total: z.number(), truncated: z.boolean() }),
  example: { limit: 50 },
  handler: async (router, { type, limit }) => {
    const rows = await router.list(INTERFACE, { fields: FIELDS, where: type === undefined ? {} : { type } });
    return { interfaces: rows.slice(0, limit).map(toInterface), total: rows.length, truncated: rows.length > limit };
  },
});

function toInterface(row: RouterRecord): z.input<typeof Interface> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: toRequiredText(row['name'], 'name'),
    type: row['type'] ?? null,
    running: toBoolean(row['running']),
    disabled: toBoolean(row['disabled']),
    dynamic: toBoolean(row['dynamic']),
    comment: row['comment'] === undefined ? null : clipText(row['comment'], 255),
    macAddress: row['mac-address'] ?? null,
    mtu: toNumber(row['mtu']),
    actualMtu: toNumber(row['actual-mtu']),
    l2Mtu: toNumber(row['l2mtu']),
    linkDowns: toNumber(row['link-downs']),
    rxBytes: toBytes(row['rx-byte']),
    txBytes: toBytes(row['tx-byte']),
  };
}
