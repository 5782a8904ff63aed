import { z } from 'zod';
import { clipText } from '../../routeros/device-text.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toRequiredText } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';

const ADDRESS = '/ip/address';
const FIELDS = [
  'address',
  'network',
  'interface',
  'actual-interface',
  'vrf',
  'disabled',
  'dynamic',
  'invalid',
  'comment',
];

const Address = z.strictObject({
  id: z.string(),
  address: z.string(),
  network: z.string().nullable(),
  interface: z.string(),
  actualInterface: z.string().nullable(),
  vrf: z.string().nullable(),
  disabled: z.boolean(),
  dynamic: z.boolean(),
  invalid: z.boolean(),
  comment: z.string().nullable(),
});

export const listIpAddresses = defineRead({
  name: 'list_ip_addresses',
  title: 'IPv4 addresses',
  summary: "A router's IPv4 addresses with prefix length, network and interface.",
  phase: 1,
  paths: [ADDRESS],
  input: z.strictObject({
    interface: z.string().min(1).max(64).optional().describe('Only addresses of this interface, such as "ether1"'),
    limit: z.int().min(1).max(500).default(100).describe('Addresses to return at most, 1 to 500'),
  }),
  output: z.strictObject({ addresses: z.array(Address), total: z.number(), truncated: z.boolean() }),
  example: { limit: 50 },
  handler: async (router, { interface: name, limit }) => {
    const rows = await router.list(ADDRESS, {
      fields: FIELDS,
      where: name === undefined ? {} : { interface: name },
    });
    return { addresses: rows.slice(0, limit).map(toAddress), total: rows.length, truncated: rows.length > limit };
  },
});

function toAddress(row: RouterRecord): z.input<typeof Address> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    address: toRequiredText(row['address'], 'address'),
    network: row['network'] ?? null,
    interface: toRequiredText(row['interface'], 'interface'),
    actualInterface: row['actual-interface'] ?? null,
    vrf: row['vrf'] ?? null,
    disabled: toBoolean(row['disabled']),
    dynamic: toBoolean(row['dynamic']),
    invalid: toBoolean(row['invalid']),
    comment: row['comment'] === undefined ? null : clipText(row['comment'], 255),
  };
}
