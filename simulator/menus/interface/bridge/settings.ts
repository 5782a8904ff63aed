import type { MenuDefinition } from '../../../engine/definition.ts';
import { boolean } from '../../../values/field-types.ts';
import { computed } from '../../row-fields.ts';

/** What bridges do with packets that pass them. */
export const bridgeSettings: MenuDefinition = {
  path: '/interface/bridge/settings',
  kind: 'singleton',
  lacks: ['reset'],
  noun: 'bridge settings',
  fields: {
    'allow-fast-path': { type: boolean, default: 'true' },
    'bridge-fast-forward-bytes': computed(() => '0'),
    'bridge-fast-forward-packets': computed(() => '0'),
    'bridge-fast-path-active': computed((_item, router) =>
      String(router.singleton('/interface/bridge/settings')['allow-fast-path'] === 'true'),
    ),
    'bridge-fast-path-bytes': computed(() => '0'),
    'bridge-fast-path-packets': computed(() => '0'),
    'use-ip-firewall': { type: boolean, default: 'false' },
    'use-ip-firewall-for-pppoe': { type: boolean, default: 'false' },
    'use-ip-firewall-for-vlan': { type: boolean, default: 'false' },
  },
};
