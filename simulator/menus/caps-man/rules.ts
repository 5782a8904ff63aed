import type { Field, FieldType, MenuDefinition } from '../../engine/definition.ts';
import { boolean, duration, integer, listOf, reference, text, word } from '../../values/field-types.ts';
import { macAddress } from '../../values/mac-address.ts';
import { referenceList } from '../../values/reference-list.ts';
import { NO_MAC } from '../interface/mac-addresses.ts';
import { optional, passphrase } from '../interface/wifi/profile-fields.ts';
import { comment, disabled } from '../row-fields.ts';

const setting = (type: FieldType, value: string): Field => ({ type, default: value });

/** Who may connect: the first entry that matches a client decides. */
export const capsManAccessList: MenuDefinition = {
  path: '/caps-man/access-list',
  kind: 'list',
  noun: 'caps-man access list entry',
  ordered: true,
  fields: {
    action: optional(word('accept', 'reject', 'query-radius')),
    'allow-signal-out-of-range': setting(text, '10s'),
    'ap-tx-limit': optional(integer(0, 4_294_967_295)),
    'client-to-client-forwarding': optional(boolean),
    'client-tx-limit': optional(integer(0, 4_294_967_295)),
    comment,
    disabled,
    interface: setting(reference('/interface', ['any']), 'any'),
    'mac-address': optional(macAddress),
    'mac-address-mask': optional(macAddress),
    'private-passphrase': optional(passphrase, { sensitive: true }),
    'radius-accounting': optional(boolean),
    'signal-range': optional(text),
    'ssid-regexp': setting(text, ''),
    time: optional(text),
    'vlan-id': optional(integer(1, 4095)),
    'vlan-mode': optional(word('no-tag', 'use-service-tag', 'use-tag')),
  },
};

/** What the controller does with a radio that comes to it: the first rule that matches decides. */
export const capsManProvisioning: MenuDefinition = {
  path: '/caps-man/provisioning',
  kind: 'list',
  noun: 'caps-man provisioning rule',
  ordered: true,
  fields: {
    action: setting(word('none', 'create-disabled', 'create-enabled', 'create-dynamic-enabled'), 'none'),
    comment,
    'common-name-regexp': setting(text, ''),
    disabled,
    'hw-supported-modes': setting(
      listOf((mode) => ['a', 'a-turbo', 'ac', 'an', 'b', 'g', 'g-turbo', 'gn'].includes(mode)),
      '',
    ),
    'identity-regexp': setting(text, ''),
    'ip-address-ranges': setting(text, ''),
    'master-configuration': setting(reference('/caps-man/configuration', ['none', '']), 'none'),
    'name-format': setting(word('cap', 'identity', 'prefix', 'prefix-identity'), 'cap'),
    'name-prefix': setting(text, ''),
    'radio-mac': setting(macAddress, NO_MAC),
    'slave-configurations': setting(referenceList('/caps-man/configuration'), ''),
  },
};

/** How the controller asks RADIUS about clients. */
export const capsManAaa: MenuDefinition = {
  path: '/caps-man/aaa',
  kind: 'singleton',
  noun: 'caps-man aaa settings',
  fields: {
    'called-format': setting(word('mac', 'mac:ssid', 'ssid'), 'mac:ssid'),
    'interim-update': setting(duration(0, Infinity, ['disabled']), 'disabled'),
    'mac-caching': setting(duration(0, Infinity, ['disabled']), 'disabled'),
    'mac-format': setting(text, 'XX:XX:XX:XX:XX:XX'),
    'mac-mode': setting(word('as-username', 'as-username-and-password'), 'as-username'),
  },
};
