import type { Field, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { boolean, reference } from '../../values/field-types.ts';

const allowedInterfaces: Field = {
  type: reference('/interface/list'),
  default: (router) => listId(router, 'all'),
};

/** The factory lets only the list of local interfaces in. */
const seed = (router: RouterView) => (listId(router, 'LAN') === '' ? [{}] : [{ 'allowed-interface-list': 'LAN' }]);

/** Telnet by MAC address. */
export const macServer: MenuDefinition = {
  path: '/tool/mac-server',
  kind: 'singleton',
  noun: 'mac server settings',
  fields: { 'allowed-interface-list': allowedInterfaces },
  seed,
};

/** WinBox by MAC address. */
export const macWinbox: MenuDefinition = {
  path: '/tool/mac-server/mac-winbox',
  kind: 'singleton',
  noun: 'mac winbox settings',
  fields: { 'allowed-interface-list': allowedInterfaces },
  seed,
};

/** Pings by MAC address. */
export const macPing: MenuDefinition = {
  path: '/tool/mac-server/ping',
  kind: 'singleton',
  noun: 'mac ping settings',
  fields: { enabled: { type: boolean, default: 'true' } },
};

function listId(router: RouterView, name: string): string {
  return router.items('/interface/list').find(({ values }) => values['name'] === name)?.id ?? '';
}
