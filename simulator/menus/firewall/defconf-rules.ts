import type { RouterView, Values } from '../../engine/definition.ts';
import { isAtLeast } from '../../engine/version.ts';

/**
 * The filter of a new router: the factory's, and one more rule that lets management in through the uplink, which is on
 * the list WAN.
 */
export function filterRules({ version }: RouterView): readonly Values[] {
  return [
    {
      chain: 'input',
      action: 'accept',
      'connection-state': 'established,related,untracked',
      comment: 'defconf: accept established,related,untracked',
    },
    { chain: 'input', action: 'drop', 'connection-state': 'invalid', comment: 'defconf: drop invalid' },
    { chain: 'input', action: 'accept', protocol: 'icmp', comment: 'defconf: accept ICMP' },
    {
      chain: 'input',
      action: 'accept',
      'dst-address': '127.0.0.1',
      comment: 'defconf: accept to local loopback (for CAPsMAN)',
    },
    { chain: 'input', action: 'accept', protocol: 'tcp', 'dst-port': '22,80,443,8291', comment: 'management' },
    { chain: 'input', action: 'drop', 'in-interface-list': '!LAN', comment: 'defconf: drop all not coming from LAN' },
    { chain: 'forward', action: 'accept', 'ipsec-policy': 'in,ipsec', comment: 'defconf: accept in ipsec policy' },
    { chain: 'forward', action: 'accept', 'ipsec-policy': 'out,ipsec', comment: 'defconf: accept out ipsec policy' },
    {
      chain: 'forward',
      action: 'fasttrack-connection',
      'connection-state': 'established,related',
      ...(isAtLeast(version, '7.22') ? {} : { 'hw-offload': 'true' }),
      comment: 'defconf: fasttrack',
    },
    {
      chain: 'forward',
      action: 'accept',
      'connection-state': 'established,related,untracked',
      comment: 'defconf: accept established,related, untracked',
    },
    { chain: 'forward', action: 'drop', 'connection-state': 'invalid', comment: 'defconf: drop invalid forwarded' },
    {
      chain: 'forward',
      action: 'drop',
      'connection-state': 'new',
      'connection-nat-state': '!dstnat',
      'in-interface-list': 'WAN',
      comment: 'defconf: drop all from WAN not DSTNATed',
    },
  ];
}

/** The source NAT of a new router. */
export const natRules = (): readonly Values[] => [
  {
    chain: 'srcnat',
    action: 'masquerade',
    'ipsec-policy': 'out,none',
    'out-interface-list': 'WAN',
    comment: 'defconf: masquerade',
  },
];

/** IPv6 networks that no packet of the Internet may come from. */
export const badIpv6Addresses = (): readonly Values[] =>
  [
    ['::/128', 'unspecified address'],
    ['::1/128', 'lo'],
    ['fec0::/10', 'site-local'],
    ['::ffff:0.0.0.0/96', 'ipv4-mapped'],
    ['::/96', 'ipv4 compat'],
    ['100::/64', 'discard only'],
    ['2001:db8::/32', 'documentation'],
    ['2001:10::/28', 'ORCHID'],
    ['3ffe::/16', '6bone'],
  ].map(([address = '', remark]) => ({ list: 'bad_ipv6', address, comment: `defconf: ${remark}` }));

/** The IPv6 filter of a new router. */
export function ipv6FilterRules(): readonly Values[] {
  const accept = (chain: string, comment: string, matchers: Values): Values => ({
    chain,
    action: 'accept',
    ...matchers,
    comment: `defconf: ${comment}`,
  });
  const drop = (chain: string, comment: string, matchers: Values): Values => ({
    ...accept(chain, comment, matchers),
    action: 'drop',
  });
  const established = { 'connection-state': 'established,related,untracked' };
  return [
    accept('input', 'accept established,related,untracked', established),
    drop('input', 'drop invalid', { 'connection-state': 'invalid' }),
    accept('input', 'accept ICMPv6', { protocol: 'icmpv6' }),
    accept('input', 'accept UDP traceroute', { protocol: 'udp', 'dst-port': '33434-33534' }),
    accept('input', 'accept DHCPv6-Client prefix delegation.', {
      protocol: 'udp',
      'dst-port': '546',
      'src-address': 'fe80::/10',
    }),
    accept('input', 'accept IKE', { protocol: 'udp', 'dst-port': '500,4500' }),
    accept('input', 'accept ipsec AH', { protocol: 'ipsec-ah' }),
    accept('input', 'accept ipsec ESP', { protocol: 'ipsec-esp' }),
    accept('input', 'accept all that matches ipsec policy', { 'ipsec-policy': 'in,ipsec' }),
    drop('input', 'drop everything else not coming from LAN', { 'in-interface-list': '!LAN' }),
    accept('forward', 'accept established,related,untracked', established),
    drop('forward', 'drop invalid', { 'connection-state': 'invalid' }),
    drop('forward', 'drop packets with bad src ipv6', { 'src-address-list': 'bad_ipv6' }),
    drop('forward', 'drop packets with bad dst ipv6', { 'dst-address-list': 'bad_ipv6' }),
    drop('forward', 'rfc4890 drop hop-limit=1', { protocol: 'icmpv6', 'hop-limit': 'equal:1' }),
    accept('forward', 'accept ICMPv6', { protocol: 'icmpv6' }),
    accept('forward', 'accept HIP', { protocol: '139' }),
    accept('forward', 'accept IKE', { protocol: 'udp', 'dst-port': '500,4500' }),
    accept('forward', 'accept ipsec AH', { protocol: 'ipsec-ah' }),
    accept('forward', 'accept ipsec ESP', { protocol: 'ipsec-esp' }),
    accept('forward', 'accept all that matches ipsec policy', { 'ipsec-policy': 'in,ipsec' }),
    drop('forward', 'drop everything else not coming from LAN', { 'in-interface-list': '!LAN' }),
  ];
}
