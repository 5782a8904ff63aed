import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, integer, reference, text } from '../../values/field-types.ts';
import { macAddress } from '../../values/mac-address.ts';
import { NO_MAC } from '../interface/mac-addresses.ts';
import { ARP_FIELDS, interfaceMenu, settableL2mtu } from '../interface/typed-interface.ts';
import { optional, prefixed } from '../interface/wifi/profile-fields.ts';
import { computed } from '../row-fields.ts';
import { CURRENT_FIELDS, isControlled } from './access-points.ts';
import { CONFIGURATION_FIELDS, DATAPATH_FIELDS, profileReferences } from './profile-fields.ts';

/** Interfaces for the radios of access points. */
export const capsManInterfaces: MenuDefinition = interfaceMenu({
  path: '/caps-man/interface',
  type: 'cap',
  namePrefix: 'cap',
  noun: 'caps-man interface',
  fields: {
    ...ARP_FIELDS,
    ...profileReferences(DATAPATH_FIELDS),
    ...prefixed('configuration', CONFIGURATION_FIELDS),
    ...CURRENT_FIELDS,
    bound: computed((item) => String(isControlled(item))),
    configuration: optional(reference('/caps-man/configuration')),
    'disable-running-check': { type: boolean, default: 'false' },
    // As other interfaces of a controller, a new one is off until it is enabled.
    disabled: { type: boolean, default: 'true' },
    inactive: computed((item) => String(item.values['disabled'] !== 'true' && !isControlled(item))),
    l2mtu: settableL2mtu,
    'mac-address': { type: macAddress, default: NO_MAC },
    master: computed((item) => String(item.values['master-interface'] === 'none')),
    'master-interface': { type: reference('/caps-man/interface', ['none']), default: 'none' },
    mtu: { type: integer(0, 2290), default: '1500' },
    'radio-mac': { type: macAddress, default: NO_MAC },
    'radio-name': { type: text, default: '' },
  },
});
