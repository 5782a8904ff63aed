import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, duration, integer, text, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';

/** First version that has these fields; the exact one is not measured. */
const SINCE_18 = '7.17';

/** How the router treats IPv4 packets in general. */
export const ipSettings: MenuDefinition = {
  path: '/ip/settings',
  kind: 'singleton',
  lacks: ['reset'],
  noun: 'ip settings',
  fields: {
    'accept-redirects': { type: boolean, default: 'false' },
    'accept-source-route': { type: boolean, default: 'false' },
    'allow-fast-path': { type: boolean, default: 'true' },
    'arp-timeout': { type: duration(), default: '30s' },
    'icmp-errors-use-inbound-interface-address': { type: boolean, default: 'false', since: SINCE_18 },
    'icmp-rate-limit': { type: integer(0, 4_294_967_295), default: '10' },
    'icmp-rate-mask': { type: text, default: '0x1818' },
    'ip-forward': { type: boolean, default: 'true' },
    'ipv4-fast-path-active': computed((_item, router) => router.singleton('/ip/settings')['allow-fast-path']),
    'ipv4-fast-path-bytes': computed(() => '0'),
    'ipv4-fast-path-packets': computed(() => '0'),
    'ipv4-fasttrack-active': computed(() => 'false'),
    'ipv4-fasttrack-bytes': computed(() => '0'),
    'ipv4-fasttrack-packets': computed(() => '0'),
    'ipv4-multipath-hash-policy': { type: word('l3', 'l3-inner', 'l4'), default: 'l3', since: '7.16' },
    'max-neighbor-entries': {
      type: integer(0, 4_294_967_295),
      default: (router) => neighbourLimit(router.board.memoryBytes),
    },
    'route-cache': { type: boolean, default: 'true', until: '7.15' },
    'rp-filter': { type: word('no', 'loose', 'strict'), default: 'no' },
    'secure-redirects': { type: boolean, default: 'true' },
    'send-redirects': { type: boolean, default: 'true' },
    'tcp-syncookies': { type: boolean, default: 'false' },
    'tcp-timestamps': { type: word('disabled', 'enabled', 'random-offset'), default: 'random-offset', since: SINCE_18 },
  },
};

/** The neighbour table grows with the memory: 16384 entries with a gigabyte. */
export function neighbourLimit(memoryBytes: number): string {
  return String(Math.min(16_384, Math.max(2048, Math.floor(memoryBytes / 65_536))));
}
