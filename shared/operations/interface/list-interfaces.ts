import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toBytes, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

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
  id: Word,
  name: Name,
  type: Word.nullable(),
  running: z.boolean(),
  disabled: z.boolean(),
  dynamic: z.boolean(),
  comment: CommentText,
  macAddress: Word.nullable(),
  mtu: z.number().nullable(),
  actualMtu: z.number().nullable(),
  l2Mtu: z.number().nullable(),
  linkDowns: z.number().nullable(),
  rxBytes: z.number().nullable(),
  txBytes: z.number().nullable(),
});

export const listInterfaces = defineListRead({
  name: 'list_interfaces',
  title: 'Interfaces',
  summary: "A router's interfaces with type, state, MTU, MAC address and traffic counters.",
  toolset: 'interfaces',
  isCore: true,
  phase: 1,
  paths: [INTERFACE],
  filters: z.strictObject({
    type: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, 'an interface type is 1 to 32 lower-case letters, digits or "-"')
      .optional()
      .describe('Only interfaces of this RouterOS type, such as "ether", "bridge" or "vlan"'),
  }),
  item: Interface,
  items: 'interfaces',
  limits: { usual: 100, most: 500 },
  read: async (router, { type }) => {
    const rows = await router.list(INTERFACE, { fields: FIELDS, where: type === undefined ? {} : { type } });
    return { rows: rows.map(toInterface) };
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
    comment: row['comment'] ?? null,
    macAddress: row['mac-address'] ?? null,
    mtu: toNumber(row['mtu']),
    actualMtu: toNumber(row['actual-mtu']),
    l2Mtu: toNumber(row['l2mtu']),
    linkDowns: toNumber(row['link-downs']),
    rxBytes: toBytes(row['rx-byte']),
    txBytes: toBytes(row['tx-byte']),
  };
}
