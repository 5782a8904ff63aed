import type { Field, FieldType } from '../../engine/definition.ts';
import { boolean, integer, reference, text, word } from '../../values/field-types.ts';
import { macAddress } from '../../values/mac-address.ts';
import {
  addressType,
  dscp,
  interfaceListMatcher,
  interfaceMatcher,
  ipv4Range,
  ipv6Range,
  limit,
  mark,
  name,
  negatable,
  numberRange,
  pattern,
  portList,
  protocol,
  timeWindow,
  wordList,
} from './value-types.ts';

export type Fields = Readonly<Record<string, Field>>;

/** A part of a rule that is absent until it is written. */
export const optional = (type: FieldType, range: Pick<Field, 'since' | 'until'> = {}): Field => ({
  type,
  canUnset: true,
  ...range,
});

/** What rules of every table and family can match. */
const SHARED: Fields = {
  content: optional(negatable(name)),
  dscp: optional(negatable(dscp)),
  'dst-address-list': optional(negatable(name)),
  'dst-address-type': optional(addressType),
  'dst-limit': optional(
    negatable(
      pattern(
        /^\d+(\/\w+)?,\d+,(dst-address|dst-port|src-address|addresses-and-dst-port|src-and-dst-addresses)(\/\w+)?$/,
      ),
    ),
  ),
  'dst-port': optional(negatable(portList)),
  'icmp-options': optional(negatable(pattern(/^\d{1,3}(:\d{1,3}(-\d{1,3})?)?$/))),
  'in-bridge-port': optional(interfaceMatcher),
  'in-bridge-port-list': optional(interfaceListMatcher),
  'in-interface': optional(interfaceMatcher),
  'in-interface-list': optional(interfaceListMatcher),
  'ingress-priority': optional(negatable(integer(0, 63))),
  'ipsec-policy': optional(pattern(/^(in|out),(ipsec|none)$/)),
  limit: optional(negatable(limit)),
  nth: optional(pattern(/^\d+,\d+$/)),
  'out-bridge-port': optional(interfaceMatcher),
  'out-bridge-port-list': optional(interfaceListMatcher),
  'out-interface': optional(interfaceMatcher),
  'out-interface-list': optional(interfaceListMatcher),
  'packet-mark': optional(mark),
  'packet-size': optional(negatable(numberRange)),
  'per-connection-classifier': optional(
    negatable(pattern(/^(both|src|dst)-(addresses|address|ports|port|addresses-and-ports|address-and-port):\d+\/\d+$/)),
  ),
  port: optional(negatable(portList)),
  priority: optional(negatable(integer(0, 63))),
  protocol: optional(negatable(protocol)),
  random: optional(integer(1, 99)),
  'src-address-list': optional(negatable(name)),
  'src-address-type': optional(addressType),
  'src-mac-address': optional(negatable(macAddress)),
  'src-port': optional(negatable(portList)),
  'tcp-mss': optional(negatable(numberRange)),
  time: optional(timeWindow),
  tos: optional(negatable(integer(0, 255)), { since: '7.22' }),
};

const TCP_FLAGS = optional(wordList('ack', 'cwr', 'ece', 'fin', 'psh', 'rst', 'syn', 'urg'));

/** What IPv4 rules of every table can match. */
export const IPV4: Fields = {
  ...SHARED,
  'dst-address': optional(negatable(ipv4Range)),
  fragment: optional(boolean),
  hotspot: optional(negatable(wordList('auth', 'from-client', 'http', 'local-dst', 'to-client'))),
  'ipv4-options': optional(
    word(
      'any',
      'loose-source-routing',
      'no-record-route',
      'no-router-alert',
      'no-source-routing',
      'no-timestamp',
      'none',
      'record-route',
      'router-alert',
      'strict-source-routing',
      'timestamp',
    ),
  ),
  psd: optional(pattern(/^\d+,\w+,\d+,\d+$/)),
  'src-address': optional(negatable(ipv4Range)),
  ttl: optional(pattern(/^(equal|greater-than|less-than|not-equal):\d{1,3}$/)),
};

/** What IPv6 rules of every table can match. */
export const IPV6: Fields = {
  ...SHARED,
  'dst-address': optional(negatable(ipv6Range)),
  headers: optional(negatable(pattern(/^(ah|auth|dst|esp|frag|hop|none|proto|route)(,\w+)*(:(contains|exact))?$/))),
  'hop-limit': optional(pattern(/^(equal|greater-than|less-than|not-equal):\d{1,3}$/)),
  'src-address': optional(negatable(ipv6Range)),
  'tcp-flags': TCP_FLAGS,
};

const CONNECTION: Fields = {
  'connection-bytes': optional(pattern(/^\d+(-\d+)?$/)),
  'connection-limit': optional(negatable(pattern(/^\d+,\d{1,3}$/))),
  'connection-mark': optional(mark),
  'connection-rate': optional(negatable(pattern(/^\d+[kMG]?(-\d+[kMG]?)?$/))),
  'connection-type': optional(
    negatable(word('ftp', 'h323', 'irc', 'pptp', 'quake3', 'rtsp', 'sip', 'tftp', 'dccp', 'sctp', 'udplite')),
  ),
  'routing-mark': optional(mark),
};

const CONNECTION_STATE: Fields = {
  'connection-state': optional(negatable(wordList('established', 'invalid', 'new', 'related', 'untracked'))),
};

const CONNECTION_NAT_STATE: Fields = {
  'connection-nat-state': optional(negatable(wordList('dstnat', 'srcnat'))),
};

const IPV4_CONNECTION: Fields = {
  ...CONNECTION,
  'layer7-protocol': optional(negatable(reference('/ip/firewall/layer7-protocol'))),
  realm: optional(negatable(integer(0, 4_294_967_295))),
};

const TLS_HOST: Fields = { 'tls-host': optional(negatable(text)) };

/** Older NAT tables match the host of TLS, newer ones do not any more. */
const OLD_TLS_HOST: Fields = { 'tls-host': optional(negatable(text), { until: '7.16' }) };

const P2P: Fields = {
  p2p: optional(
    word(
      'all-p2p',
      'bit-torrent',
      'blubster',
      'direct-connect',
      'edonkey',
      'fasttrack',
      'gnutella',
      'soulseek',
      'warez',
      'winmx',
    ),
  ),
};

/** Matchers that only some tables have, by family and table. */
export const MATCHERS = {
  ip: {
    filter: {
      ...IPV4,
      ...IPV4_CONNECTION,
      ...CONNECTION_STATE,
      ...CONNECTION_NAT_STATE,
      ...P2P,
      ...TLS_HOST,
      'tcp-flags': TCP_FLAGS,
    },
    nat: { ...IPV4, ...IPV4_CONNECTION, ...OLD_TLS_HOST },
    mangle: {
      ...IPV4,
      ...IPV4_CONNECTION,
      ...CONNECTION_STATE,
      ...CONNECTION_NAT_STATE,
      ...P2P,
      ...TLS_HOST,
      'tcp-flags': TCP_FLAGS,
    },
    raw: { ...IPV4, ...TLS_HOST, 'tcp-flags': TCP_FLAGS },
  },
  ipv6: {
    filter: { ...IPV6, ...CONNECTION, ...CONNECTION_STATE, ...CONNECTION_NAT_STATE, ...TLS_HOST },
    nat: { ...IPV6, ...CONNECTION, ...CONNECTION_STATE, ...OLD_TLS_HOST },
    mangle: { ...IPV6, ...CONNECTION, ...CONNECTION_STATE, ...CONNECTION_NAT_STATE, ...TLS_HOST },
    raw: { ...IPV6, ...TLS_HOST },
  },
} as const satisfies Record<Family, Record<Table, Fields>>;

export type Family = 'ip' | 'ipv6';
export type Table = 'filter' | 'nat' | 'mangle' | 'raw';
