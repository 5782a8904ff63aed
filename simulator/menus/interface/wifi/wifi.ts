import type { Item, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { boolean, integer, reference, text } from '../../../values/field-types.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { computed } from '../../row-fields.ts';
import { ARP_FIELDS, interfaceMenu, settableL2mtu } from '../typed-interface.ts';
import { isRunning } from '../running.ts';
import { CONFIGURATION_FIELDS, optional, prefixed } from './profile-fields.ts';
import { profileReferences } from './profiles.ts';
import { capOf } from './access-points.ts';
import { waitsForController } from './radio-state.ts';
import { wifiCommands } from './wifi-commands.ts';

/** Radios of 802.11ac and ax, and the virtual access points on them. */
export function wifiInterfaces(root: string): MenuDefinition {
  return interfaceMenu({
    path: root,
    type: 'wifi',
    namePrefix: 'wifi',
    noun: 'wifi',
    fields: {
      ...ARP_FIELDS,
      ...profileReferences(root),
      ...prefixed('configuration', CONFIGURATION_FIELDS),
      bound: computed((item, router) => String(isBound(item, router))),
      cap: computed((item, router) => capOf(item.values['radio-mac'], root, router)),
      configuration: optional(reference(`${root}/configuration`)),
      'default-name': { type: text, access: 'read-only' },
      'disable-running-check': optional(boolean),
      inactive: computed((item, router) => String(item.values['disabled'] !== 'true' && !isActive(item, router))),
      l2mtu: settableL2mtu,
      'mac-address': { type: macAddress, default: '00:00:00:00:00:00' },
      master: computed((item) => String(item.values['master-interface'] === undefined)),
      'master-interface': optional(reference(root)),
      'mld-interface': optional(text, { since: '7.22' }),
      'mld-name': optional(text, { since: '7.22' }),
      mtu: { type: integer(32, 2290), default: '1500' },
      'radio-mac': { type: macAddress, canUnset: true },
      running: computed((item, router) => String(isActive(item, router) && isRunning(item, router))),
    },
    about: (item, router) =>
      item.values['disabled'] !== 'true' && waitsForController(item, router) ? 'no connection to CAPsMAN' : undefined,
    commands: wifiCommands(root),
  });
}

/** Does the row belong to a radio of the board, itself or by its master? */
function isBound(item: Item, router: RouterView): boolean {
  if (item.values['default-name'] !== undefined || item.internal['controlled'] === 1) return true;
  const master = router.items('/interface').find((other) => other.id === item.values['master-interface']);
  return master !== undefined && (master.values['default-name'] !== undefined || master.internal['controlled'] === 1);
}

function isActive(item: Item, router: RouterView): boolean {
  return item.values['disabled'] !== 'true' && isBound(item, router) && !waitsForController(item, router);
}
