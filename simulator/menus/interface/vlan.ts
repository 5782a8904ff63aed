import type { Field } from '../../engine/definition.ts';
import { boolean, integer, reference } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { actualMtu, l2mtuOf } from './frame-sizes.ts';
import { ARP_FIELDS, interfaceMenu, LOOP_PROTECT_FIELDS, ownMacAddress } from './typed-interface.ts';

/** The interface that a virtual one lies on. */
export const parentInterface: Field = { type: reference('/interface'), required: true };

/** VLANs on interfaces. */
export const vlans = interfaceMenu({
  path: '/interface/vlan',
  type: 'vlan',
  namePrefix: 'vlan',
  noun: 'vlan',
  fields: {
    ...ARP_FIELDS,
    ...LOOP_PROTECT_FIELDS,
    'actual-mtu': computed(actualMtu),
    interface: parentInterface,
    l2mtu: computed(l2mtuOf),
    'mac-address': ownMacAddress,
    mtu: { type: integer(68, 65_535), default: '1500' },
    mvrp: { type: boolean, default: 'false', since: '7.15' },
    'use-service-tag': { type: boolean, default: 'false' },
    'vlan-id': { type: integer(1, 4095), default: '1' },
  },
});
