import type { MenuDefinition } from '../../../engine/definition.ts';
import { boolean, integer, text } from '../../../values/field-types.ts';
import { comment, disabled } from '../../row-fields.ts';
import { optional, passphrase } from './profile-fields.ts';

/** Passphrases of which each may lead to another VLAN; security profiles name a group of them. */
export function multiPassphrases(root: string): MenuDefinition {
  return {
    path: `${root}/security/multi-passphrase`,
    kind: 'list',
    noun: 'multi-passphrase',
    since: '7.18',
    fields: {
      comment,
      disabled,
      expires: optional(text),
      group: optional(text),
      isolation: optional(boolean),
      passphrase: optional(passphrase, { sensitive: true }),
      'vlan-id': optional(integer(1, 4095, ['none'])),
    },
  };
}
