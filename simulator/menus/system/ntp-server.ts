import type { MenuDefinition } from '../../engine/definition.ts';
import { addressList, boolean, integer, reference, word } from '../../values/field-types.ts';

/** The NTP server: what it answers does not show here, only how it is set. */
export const systemNtpServer: MenuDefinition = {
  path: '/system/ntp/server',
  kind: 'singleton',
  noun: 'ntp server settings',
  fields: {
    'auth-key': { type: reference('/system/ntp/key', ['none'], 'key-id'), default: 'none' },
    broadcast: { type: boolean, default: 'false' },
    'broadcast-addresses': { type: addressList, default: '' },
    enabled: { type: boolean, default: 'false' },
    'local-clock-stratum': { type: integer(1, 15), default: '5' },
    manycast: { type: boolean, default: 'false' },
    multicast: { type: boolean, default: 'false' },
    'use-local-clock': { type: boolean, default: 'false' },
    vrf: { type: word('main'), default: 'main' },
  },
};
