import type { MenuDefinition } from '../../../engine/definition.ts';
import { boolean, integer, reference, text, word } from '../../../values/field-types.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { comment, disabled } from '../../row-fields.ts';
import { optional, passphrase } from './profile-fields.ts';

/** Who may connect: the first entry that matches a client decides. */
export function accessList(root: string): MenuDefinition {
  return {
    path: `${root}/access-list`,
    kind: 'list',
    noun: 'access list entry',
    ordered: true,
    fields: {
      action: optional(word('accept', 'reject', 'query-radius'), { default: 'accept' }),
      'allow-signal-out-of-range': optional(text),
      'client-isolation': optional(boolean),
      comment,
      days: optional(text, { since: '7.22' }),
      disabled,
      interface: optional(reference('/interface', ['any'])),
      'mac-address': optional(macAddress),
      'mac-address-mask': optional(macAddress),
      'multi-passphrase-group': optional(text, { since: '7.18' }),
      passphrase: optional(passphrase, { sensitive: true }),
      'radius-accounting': optional(boolean),
      'signal-range': optional(text),
      'ssid-regexp': optional(text),
      time: optional(text),
      'vlan-id': optional(integer(1, 4095, ['none'])),
    },
  };
}
