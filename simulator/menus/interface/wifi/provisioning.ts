import type { MenuDefinition } from '../../../engine/definition.ts';
import { reference, text, word } from '../../../values/field-types.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { referenceList } from '../../../values/reference-list.ts';
import { comment, disabled } from '../../row-fields.ts';
import { optional, wordList } from './profile-fields.ts';

const BANDS = [
  '2ghz-g',
  '2ghz-n',
  '2ghz-ax',
  '2ghz-be',
  '5ghz-a',
  '5ghz-n',
  '5ghz-ac',
  '5ghz-ax',
  '5ghz-be',
  '6ghz-ax',
];

/** What a controller does with the radios of access points: the first rule that matches a radio decides. */
export function provisioning(root: string): MenuDefinition {
  const configuration = `${root}/configuration`;
  return {
    path: `${root}/provisioning`,
    kind: 'list',
    noun: 'provisioning rule',
    ordered: true,
    fields: {
      action: optional(word('none', 'create-disabled', 'create-enabled', 'create-dynamic-enabled'), {
        default: 'none',
      }),
      'address-ranges': optional(text),
      comment,
      'common-name-regexp': optional(text),
      disabled,
      'identity-regexp': optional(text),
      'master-configuration': optional(reference(configuration)),
      'multi-link-mode': optional(text, { since: '7.22' }),
      'name-format': optional(text),
      'radio-mac': optional(macAddress),
      'slave-configurations': optional(referenceList(configuration)),
      'slave-name-format': optional(text),
      'supported-bands': optional(wordList(...BANDS)),
      'supported-hw-caps': optional(text, { since: '7.22' }),
    },
  };
}
