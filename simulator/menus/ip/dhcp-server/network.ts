import type { MenuDefinition } from '../../../engine/definition.ts';
import { failure } from '../../../engine/router-error.ts';
import { ipv4List } from '../../../values/address-types.ts';
import { boolean, integer, interfaceAddress, ipv4Address, reference, text } from '../../../values/field-types.ts';
import { networkOf, parsePrefix } from '../../../values/ip-address.ts';
import { comment, dynamic } from '../../row-fields.ts';

/** What DHCP servers tell machines of a network. Lists that were not given show as empty texts. */
export const ipDhcpServerNetwork: MenuDefinition = {
  path: '/ip/dhcp-server/network',
  kind: 'list',
  noun: 'dhcp network',
  fields: {
    address: { type: interfaceAddress, required: true },
    'boot-file-name': { type: text, canUnset: true, emptyClears: true },
    'caps-manager': { type: ipv4List, default: '' },
    comment,
    'dhcp-option': { type: text, default: '' },
    'dhcp-option-set': { type: reference('/ip/dhcp-server/option/sets', ['none']), canUnset: true },
    'dns-none': { type: boolean, canUnset: true },
    'dns-server': { type: ipv4List, default: '' },
    domain: { type: text, canUnset: true, emptyClears: true },
    dynamic,
    gateway: { type: ipv4List, default: '' },
    netmask: { type: integer(0, 32), canUnset: true },
    'next-server': { type: ipv4Address, canUnset: true },
    'ntp-none': { type: boolean, canUnset: true, since: '7.19' },
    'ntp-server': { type: ipv4List, default: '' },
    'wins-server': { type: ipv4List, default: '' },
  },
  seed: () => [
    { address: '192.168.88.0/24', gateway: '192.168.88.1', 'dns-server': '192.168.88.1', comment: 'defconf' },
  ],
  prepare: ({ kind, after }) => {
    const prefix = parsePrefix(after['address'] ?? '');
    if (kind !== 'remove' && (!prefix || networkOf(prefix) !== prefix.address)) throw failure('invalid network');
  },
  collision: ({ address }, others) =>
    others.some(({ values }) => values['address'] === address) ? 'such network already exists' : undefined,
};
