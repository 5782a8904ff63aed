import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, reference, text, word } from '../../values/field-types.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';
import { provision } from './access-points.ts';

/** The older controller of access points. */
export const capsManManager: MenuDefinition = {
  path: '/caps-man/manager',
  kind: 'singleton',
  noun: 'caps-man manager settings',
  fields: {
    'ca-certificate': { type: text, default: 'none' },
    certificate: { type: text, default: 'none' },
    enabled: { type: boolean, default: 'false' },
    'package-path': { type: text, default: '' },
    'require-peer-certificate': { type: boolean, default: 'false' },
    'upgrade-policy': { type: word('none', 'require-same-version', 'suggest-same-version'), default: 'none' },
  },
  applied: (_change, router) => provision(router),
  booted: (router) => provision(router),
};

/** Where the controller listens for access points; the entry `all` is always there. */
export const capsManManagerInterfaces: MenuDefinition = {
  path: '/caps-man/manager/interface',
  kind: 'list',
  noun: 'caps-man manager interface',
  firstId: 0,
  fields: {
    comment,
    default: computed((item) => String(item.values['interface'] === 'all')),
    disabled,
    dynamic,
    forbid: { type: boolean, default: 'false' },
    interface: { type: reference('/interface', ['all']), required: true },
  },
  seed: () => [{ interface: 'all' }],
};
