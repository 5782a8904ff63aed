import type { MenuDefinition } from '../../../engine/definition.ts';
import { cachedCount, forgetCache } from '../../../network/dns-cache.ts';
import { peerDnsServers } from '../../../network/upstream-lease.ts';
import { addressList, boolean, duration, integer, text, word } from '../../../values/field-types.ts';
import { computed } from '../../row-fields.ts';

/** Size of an entry of the cache, and of the cache itself, in KiB. */
const ENTRY_KIB = 1;
const EMPTY_CACHE_KIB = 40;

/** The router's resolver. */
export const ipDns: MenuDefinition = {
  path: '/ip/dns',
  kind: 'singleton',
  noun: 'dns settings',
  fields: {
    'address-list-extra-time': { type: duration(), default: '0s' },
    'allow-remote-requests': { type: boolean, default: 'false' },
    'cache-max-ttl': { type: duration(), default: '1w' },
    'cache-size': { type: integer(64, 4_294_967_295), default: '2048' },
    'cache-used': computed((_item, router) => String(EMPTY_CACHE_KIB + cachedCount(router) * ENTRY_KIB)),
    'doh-max-concurrent-queries': { type: integer(1, 65_535), default: '50' },
    'doh-max-server-connections': { type: integer(1, 65_535), default: '5' },
    'doh-timeout': { type: duration(), default: '5s' },
    'dynamic-servers': computed((_item, router) => peerDnsServers(router).join(',')),
    'max-concurrent-queries': { type: integer(1, 65_535), default: '100' },
    'max-concurrent-tcp-sessions': { type: integer(1, 65_535), default: '20' },
    'max-udp-packet-size': { type: integer(50, 65_507), default: '4096' },
    'mdns-repeat-ifaces': { type: text, default: '', since: '7.16' },
    'query-server-timeout': { type: duration(), default: '2s' },
    'query-total-timeout': { type: duration(), default: '10s' },
    servers: { type: addressList, default: '' },
    'use-doh-server': { type: text, default: '' },
    'verify-doh-cert': { type: boolean, default: 'false' },
    vrf: { type: word('main'), default: 'main', since: '7.15' },
  },
  seed: () => [{ servers: '8.8.8.8,8.8.4.4', 'allow-remote-requests': 'true' }],
  booted: forgetCache,
};
