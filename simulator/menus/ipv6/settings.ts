import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, duration, integer, reference, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { neighbourLimit } from '../ip/settings.ts';

/** First version that has these fields; the exact one is not measured. */
const SINCE_18 = '7.17';

const acceptance = word('yes-if-forwarding-disabled', 'yes', 'no');

const entries = integer(0, 4_294_967_295);

/** How the router treats IPv6 packets in general. */
export const ipv6Settings: MenuDefinition = {
  path: '/ipv6/settings',
  kind: 'singleton',
  lacks: ['reset'],
  noun: 'ipv6 settings',
  fields: {
    'accept-redirects': { type: acceptance, default: 'yes-if-forwarding-disabled' },
    'accept-router-advertisements': { type: acceptance, default: 'yes-if-forwarding-disabled' },
    'accept-router-advertisements-on': { type: reference('/interface/list', ['all']), default: 'all', since: '7.21' },
    'allow-fast-path': { type: boolean, default: 'true', since: SINCE_18 },
    'disable-ipv6': { type: boolean, default: 'false' },
    'disable-link-local-address': { type: boolean, default: 'false', since: SINCE_18 },
    forward: { type: boolean, default: 'true' },
    'ipv6-fast-path-active': { ...computed(() => 'false'), since: SINCE_18 },
    'ipv6-fast-path-bytes': { ...computed(() => '0'), since: SINCE_18 },
    'ipv6-fast-path-packets': { ...computed(() => '0'), since: SINCE_18 },
    'max-neighbor-entries': { type: entries, default: ({ board }) => neighbourLimit(board.memoryBytes) },
    'min-neighbor-entries': { type: entries, default: ({ board }) => fraction(board.memoryBytes, 4), since: SINCE_18 },
    'multipath-hash-policy': { type: word('l3', 'l3-inner', 'l4'), default: 'l3', since: '7.16' },
    'soft-max-neighbor-entries': {
      type: entries,
      default: ({ board }) => fraction(board.memoryBytes, 2),
      since: SINCE_18,
    },
    'stale-neighbor-detect-interval': { type: duration(), default: '30s', since: SINCE_18 },
    'stale-neighbor-timeout': { type: duration(), default: '1m', since: SINCE_18 },
  },
};

function fraction(memoryBytes: number, divisor: number): string {
  return String(Math.floor(Number(neighbourLimit(memoryBytes)) / divisor));
}
