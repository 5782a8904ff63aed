import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

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
  id: Word,
  address: Word,
  network: Word.nullable(),
  interface: Name,
  actualInterface: Name.nullable(),
  vrf: Name.nullable(),
  disabled: z.boolean(),
  dynamic: z.boolean(),
  invalid: z.boolean(),
  comment: CommentText,
});

export const listIpAddresses = defineListRead({
  name: 'list_ip_addresses',
  title: 'IPv4 addresses',
  summary: "A router's IPv4 addresses with prefix length, network and interface.",
  toolset: 'addresses',
  isCore: true,
  phase: 1,
  paths: [ADDRESS],
  filters: z.strictObject({
    interface: z.string().min(1).max(64).optional().describe('Only addresses of this interface, such as "ether1"'),
  }),
  item: Address,
  items: 'addresses',
  limits: { usual: 100, most: 500 },
  read: async (router, { interface: name }) => {
    const rows = await router.list(ADDRESS, {
      fields: FIELDS,
      where: name === undefined ? {} : { interface: name },
    });
    return { rows: rows.map(toAddress) };
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
    comment: row['comment'] ?? null,
  };
}
