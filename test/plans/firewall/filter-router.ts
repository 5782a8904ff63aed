import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { cannedRouter } from '../../operations/canned-router.ts';

export const FILTER = '/ip/firewall/filter';

/** Managed over TLS by 10.9.0.2, which is behind the interface wan; lan is the other one. */
export function routerWithRules(rules: readonly RouterRecord[], menus: Record<string, RouterRecord[]> = {}): Router {
  return cannedRouter({
    [FILTER]: rules.map((rule, index) => ({ '.id': `*${(index + 1).toString(16).toUpperCase()}`, ...rule })),
    '/ipv6/firewall/filter': [],
    '/interface': [{ name: 'wan' }, { name: 'lan' }],
    '/interface/list': [{ name: 'WAN' }, { name: 'LAN' }, { name: 'ALL', include: 'WAN,LAN' }],
    '/interface/list/member': [
      { list: 'WAN', interface: 'wan' },
      { list: 'LAN', interface: 'lan' },
    ],
    '/ip/firewall/address-list': [
      { list: 'managers', address: '10.9.0.0/24' },
      { list: 'blocked', address: '203.0.113.7' },
    ],
    '/ipv6/firewall/address-list': [],
    '/ip/address': [{ address: '192.0.2.1/24', interface: 'wan', 'actual-interface': 'wan' }],
    '/ipv6/address': [],
    '/ip/service': [
      { name: 'www-ssl', port: '443' },
      { name: 'ssh', port: '22' },
      { name: 'telnet', port: '23' },
      { name: 'www', port: '80', disabled: 'true' },
      { name: 'www-ssl', connection: 'true', local: '192.0.2.1:443', remote: '10.9.0.2:51544' },
    ],
    '/user/active': [],
    '/ip/route': [
      { 'dst-address': '0.0.0.0/0', gateway: '192.0.2.254', 'immediate-gw': '192.0.2.254%wan', active: 'true' },
    ],
    '/ipv6/route': [],
    ...menus,
  });
}

/** A firewall as routers have it; management comes in by the third rule. */
export const USUAL: readonly RouterRecord[] = [
  { chain: 'input', action: 'accept', 'connection-state': 'established,related,untracked', comment: 'answers' },
  { chain: 'input', action: 'drop', 'connection-state': 'invalid', comment: 'invalid' },
  {
    chain: 'input',
    action: 'accept',
    protocol: 'tcp',
    'dst-port': '22,443',
    'src-address-list': 'managers',
    comment: 'management',
  },
  { chain: 'input', action: 'drop', 'in-interface-list': '!LAN', comment: 'not from LAN' },
  { chain: 'forward', action: 'accept', 'connection-state': 'established,related', comment: 'forwarded answers' },
  { chain: 'forward', action: 'drop', 'in-interface': 'wan', 'connection-nat-state': '!dstnat', comment: 'uplink' },
];
