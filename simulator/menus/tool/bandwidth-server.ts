import type { MenuDefinition } from '../../engine/definition.ts';
import { networkList } from '../../values/address-types.ts';
import { boolean, integer } from '../../values/field-types.ts';

/** The other end of bandwidth tests. */
export const bandwidthServer: MenuDefinition = {
  path: '/tool/bandwidth-server',
  kind: 'singleton',
  noun: 'bandwidth server settings',
  fields: {
    'allocate-udp-ports-from': { type: integer(1000, 64_000), default: '2000' },
    'allowed-addresses4': { type: networkList(4), default: '', since: '7.17' },
    'allowed-addresses6': { type: networkList(6), default: '', since: '7.17' },
    authenticate: { type: boolean, default: 'true' },
    enabled: { type: boolean, default: 'true' },
    'max-sessions': { type: integer(1, 1000), default: '100' },
  },
};
