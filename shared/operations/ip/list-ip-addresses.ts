import { z } from 'zod';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toOptionalBoolean, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { familyOf, InterfaceName, isInNetwork, isWanted, Within } from '../list-filters.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const IPV4 = '/ip/address';
const IPV6 = '/ipv6/address';
const COMMON_FIELDS = ['address', 'interface', 'actual-interface', 'disabled', 'dynamic', 'invalid', 'comment'];

const Address = z.strictObject({
  id: Word,
  family: z.enum(['ipv4', 'ipv6']),
  address: Word,
  network: Word.nullable(),
  interface: Name,
  actualInterface: Name.nullable(),
  vrf: Name.nullable(),
  disabled: z.boolean(),
  dynamic: z.boolean(),
  invalid: z.boolean(),
  linkLocal: z.boolean().nullable().describe('IPv6 only, as the next'),
  advertise: z.boolean().nullable(),
  comment: CommentText,
});

export const listIpAddresses = defineListRead({
  name: 'list_ip_addresses',
  title: 'IP addresses',
  summary: "A router's own IPv4 and IPv6 addresses with prefix length, network and interface.",
  toolset: 'addresses',
  isCore: true,
  phase: 1,
  paths: [IPV4, IPV6],
  filters: z.strictObject({
    family: z.enum(['ipv4', 'ipv6', 'all']).optional().describe('Default: that of within, else ipv4'),
    interface: InterfaceName.optional().describe('Only addresses of this interface, such as "ether1"'),
    within: Within.optional().describe('Only addresses in this network, such as "10.0.0.0/8"'),
    disabled: z.boolean().optional().describe('Only disabled or only enabled ones'),
  }),
  item: Address,
  items: 'addresses',
  limits: { usual: 100, most: 500 },
  example: { family: 'all' },
  read: async (router, { family, interface: name, within, disabled }) => {
    const wanted = family === 'all' ? family : familyOf(family, within);
    const ipv4 = wanted === 'ipv6' ? [] : await readIpv4(router);
    const ipv6 = wanted === 'ipv4' ? [] : await readIpv6(router);
    return {
      rows: [...ipv4, ...ipv6].filter(
        (one) => isWanted(name, one.interface) && isInNetwork(within, one.address) && isWanted(disabled, one.disabled),
      ),
    };
  },
});

type AddressEntry = z.input<typeof Address>;

async function readIpv4(router: Router): Promise<AddressEntry[]> {
  const rows = await router.list(IPV4, { fields: [...COMMON_FIELDS, 'network', 'vrf'] });
  return rows.map((row) => toAddress(row, 'ipv4'));
}

async function readIpv6(router: Router): Promise<AddressEntry[]> {
  const rows = await router.list(IPV6, { fields: [...COMMON_FIELDS, 'vrf', 'link-local', 'advertise'] });
  return rows.map((row) => toAddress(row, 'ipv6'));
}

function toAddress(row: RouterRecord, family: AddressEntry['family']): AddressEntry {
  return {
    id: toRequiredText(row['.id'], '.id'),
    family,
    address: toRequiredText(row['address'], 'address'),
    network: row['network'] ?? null,
    interface: toRequiredText(row['interface'], 'interface'),
    actualInterface: row['actual-interface'] ?? null,
    vrf: row['vrf'] ?? null,
    disabled: toBoolean(row['disabled']),
    dynamic: toBoolean(row['dynamic']),
    invalid: toBoolean(row['invalid']),
    linkLocal: toOptionalBoolean(row['link-local']),
    advertise: toOptionalBoolean(row['advertise']),
    comment: row['comment'] ?? null,
  };
}
