import type { FieldType } from '../../engine/definition.ts';
import { noMatch } from '../../engine/router-error.ts';
import { isAtLeast } from '../../engine/version.ts';
import { boolean, host, integer, ipv4Address, text, word } from '../../values/field-types.ts';
import { type Family, type Fields, optional, type Table } from './matchers.ts';
import { ipv6Range, listTimeout, name, numberRange, pattern, targetAddresses } from './value-types.ts';

const EVERYWHERE = [
  'accept',
  'add-dst-to-address-list',
  'add-src-to-address-list',
  'jump',
  'log',
  'passthrough',
  'return',
] as const;

const MARKS = ['change-dscp', 'change-mss', 'mark-connection', 'mark-packet', 'mark-routing', 'set-priority'] as const;
const SNIFFERS = ['sniff-pc', 'sniff-tzsp'] as const;

/** What a rule can do, by family and table. */
const ACTIONS: Readonly<Record<Family, Readonly<Record<Table, readonly string[]>>>> = {
  ip: {
    filter: [...EVERYWHERE, 'drop', 'fasttrack-connection', 'reject', 'tarpit'],
    nat: [
      ...EVERYWHERE,
      'dst-nat',
      'endpoint-independent-nat',
      'masquerade',
      'netmap',
      'redirect',
      'same',
      'socksify',
      'src-nat',
    ],
    mangle: [
      ...EVERYWHERE,
      ...MARKS,
      ...SNIFFERS,
      'change-ttl',
      'clear-df',
      'fasttrack-connection',
      'route',
      'strip-ipv4-options',
    ],
    raw: [...EVERYWHERE, 'drop', 'notrack'],
  },
  ipv6: {
    filter: [...EVERYWHERE, 'drop', 'fasttrack-connection', 'reject'],
    nat: [...EVERYWHERE, 'dst-nat', 'masquerade', 'netmap', 'redirect', 'src-nat'],
    mangle: [...EVERYWHERE, ...MARKS, ...SNIFFERS, 'change-hop-limit'],
    raw: [...EVERYWHERE, 'drop', 'notrack'],
  },
};

/** Actions that older versions do not have. */
const FIRST_VERSION: Readonly<Record<string, string>> = {
  'ipv6 fasttrack-connection': '7.18',
  'ip socksify': '7.20',
};

function action(family: Family, table: Table): FieldType {
  return {
    kind: 'word',
    parse: (input, field, { version }) => {
      const since = FIRST_VERSION[`${family} ${input}`];
      if (!ACTIONS[family][table].includes(input)) throw noMatch(field);
      if (since !== undefined && !isAtLeast(version, since)) throw noMatch(field);
      return input;
    },
  };
}

const REJECTIONS: Readonly<Record<Family, readonly string[]>> = {
  ip: [
    'icmp-network-unreachable',
    'icmp-host-unreachable',
    'icmp-port-unreachable',
    'icmp-protocol-unreachable',
    'icmp-network-prohibited',
    'icmp-host-prohibited',
    'icmp-admin-prohibited',
    'tcp-reset',
  ],
  ipv6: ['icmp-no-route', 'icmp-admin-prohibited', 'icmp-address-unreachable', 'icmp-port-unreachable', 'tcp-reset'],
};

/** How a rule rejects when it does not say how. */
export const DEFAULT_REJECTION: Readonly<Record<Family, string>> = {
  ip: 'icmp-network-unreachable',
  ipv6: 'icmp-no-route',
};

const MANGLE: Fields = {
  'new-connection-mark': optional(name),
  'new-dscp': optional(integer(0, 63)),
  'new-mss': optional(integer(0, 65_535, ['clamp-to-pmtu'])),
  'new-packet-mark': optional(name),
  'new-priority': optional(integer(0, 63, ['from-dscp', 'from-dscp-high-3-bits', 'from-ingress'])),
  'new-routing-mark': optional(name),
  passthrough: optional(boolean),
  'sniff-id': optional(integer(0, 65_535)),
  'sniff-target': optional(ipv4Address),
  'sniff-target-port': optional(integer(0, 65_535)),
};

const newTtl = pattern(/^(set|increment|decrement):\d{1,3}$/);

/** Fields that say what a rule does, besides the action itself. */
const BY_TABLE: Readonly<Record<Family, Readonly<Record<Table, Fields>>>> = {
  ip: {
    filter: { 'hw-offload': optional(boolean, { until: '7.22' }), 'reject-with': optional(word(...REJECTIONS.ip)) },
    nat: {
      'randomise-ports': optional(boolean),
      'same-not-by-dst': optional(boolean),
      'socks5-port': optional(integer(0, 65_535), { since: '7.20' }),
      'socks5-server': optional(host, { since: '7.20' }),
      'socksify-service': optional(name, { since: '7.20' }),
      'to-addresses': optional(targetAddresses),
      'to-ports': optional(numberRange),
    },
    mangle: { ...MANGLE, 'new-ttl': optional(newTtl), 'route-dst': optional(ipv4Address) },
    raw: {},
  },
  ipv6: {
    filter: { 'reject-with': optional(word(...REJECTIONS.ipv6)) },
    nat: { 'to-address': optional(ipv6Range), 'to-ports': optional(numberRange) },
    mangle: {
      ...MANGLE,
      'dst-prefix': optional(ipv6Range),
      'new-hop-limit': optional(newTtl),
      'src-prefix': optional(ipv6Range),
    },
    raw: {},
  },
};

/** What a rule of a table does when it matches. */
export const actionFields = (family: Family, table: Table): Fields => ({
  ...BY_TABLE[family][table],
  action: { type: action(family, table), default: 'accept' },
  'address-list': optional(name),
  'address-list-timeout': optional(listTimeout),
  'jump-target': optional(name),
  log: optional(boolean),
  'log-prefix': optional(text),
});
