import type { Item, Row } from '../../engine/definition.ts';
import { boolean, integer, listOf, text, word } from '../../values/field-types.ts';
import { monitor, MONITOR_PARAMETERS } from '../monitor.ts';
import { namedInterface, namedItems } from './named-items.ts';
import { interfaceMenu } from './typed-interface.ts';
import { parentInterface } from './vlan.ts';

const PATH = '/interface/pppoe-client';
const AUTHENTICATIONS = ['pap', 'chap', 'mschap1', 'mschap2'];

/** PPPoE connections. No access concentrator answers on the simulated wires: an enabled one keeps trying. */
export const pppoeClients = interfaceMenu({
  path: PATH,
  type: 'pppoe-out',
  namePrefix: 'pppoe-out',
  noun: 'pppoe client',
  fields: {
    'ac-name': { type: text, default: '' },
    'add-default-route': { type: boolean, default: 'false' },
    allow: { type: listOf((name) => AUTHENTICATIONS.includes(name)), default: AUTHENTICATIONS.join(',') },
    'default-route-distance': { type: integer(0, 255), default: '1' },
    'dial-on-demand': { type: boolean, default: 'false' },
    // As for every tunnel, a new one is off until it is enabled.
    disabled: { type: boolean, default: 'true' },
    'host-uniq': { type: text, canUnset: true },
    interface: parentInterface,
    'keepalive-timeout': { type: integer(0, 65_535, ['disabled']), default: '10' },
    'max-mru': { type: integer(68, 65_535, ['auto']), default: 'auto' },
    'max-mtu': { type: integer(68, 65_535, ['auto']), default: 'auto' },
    mrru: { type: integer(512, 65_535, ['disabled']), default: 'disabled' },
    password: { type: text, default: '', sensitive: true },
    profile: { type: word('default', 'default-encryption'), default: 'default' },
    'service-name': { type: text, default: '' },
    'use-peer-dns': { type: boolean, default: 'false' },
    user: { type: text, default: '' },
  },
  prepare: ({ kind, after }) => {
    const wanted = after['max-mtu'] ?? 'auto';
    if (kind !== 'remove') after['mtu'] = wanted === 'auto' ? String(MTU_OVER_ETHERNET) : wanted;
  },
  commands: {
    monitor: {
      policy: 'read',
      parameters: ['.id', 'numbers', ...MONITOR_PARAMETERS],
      run: (args, router, _caller, signal) => {
        const shown = namedItems(args, PATH, router);
        return monitor(args, router, signal, () => shown.map(sample));
      },
    },
    scan: {
      policy: 'read',
      parameters: ['interface', 'duration', 'as-value', '.proplist'],
      run: (args, router, _caller, signal) => {
        namedInterface(args, '/interface', router);
        return monitor(args, router, signal, () => []);
      },
    },
  },
});

const MTU_OVER_ETHERNET = 1480;

function sample(client: Item): Row {
  return { status: client.values['disabled'] === 'true' ? 'disabled' : 'connecting' };
}
