import type { CommandDefinition, MenuDefinition } from '../../../engine/definition.ts';
import { boolean, listOf, reference, text, word } from '../../../values/field-types.ts';
import { referenceList } from '../../../values/reference-list.ts';
import { isIpAddress } from '../../../values/ip-address.ts';
import { namedItems } from '../named-items.ts';
import { optional } from './profile-fields.ts';

const yesOrNo = word('yes', 'no');

/** The access point's side: which controller it looks for. */
export function accessPoint(root: string): MenuDefinition {
  return {
    path: `${root}/cap`,
    kind: 'singleton',
    noun: 'cap settings',
    fields: {
      'caps-man-addresses': optional(listOf(isIpAddress)),
      'caps-man-certificate-common-names': optional(text),
      'caps-man-names': optional(text),
      certificate: optional(text),
      'discovery-interfaces': optional(referenceList('/interface')),
      enabled: { type: yesOrNo, default: 'no' },
      'lock-to-caps-man': optional(yesOrNo),
      'mld-datapath': optional(reference(`${root}/datapath`), { since: '7.22' }),
      'mld-static': optional(boolean, { since: '7.22' }),
      'slaves-datapath': optional(reference(`${root}/datapath`)),
      'slaves-static': optional(boolean),
    },
  };
}

/** The controller's side. */
export function controller(root: string): MenuDefinition {
  return {
    path: `${root}/capsman`,
    kind: 'singleton',
    noun: 'capsman settings',
    fields: {
      'ca-certificate': optional(text),
      certificate: optional(text),
      enabled: { type: yesOrNo, default: 'no' },
      interfaces: optional(referenceList('/interface')),
      'package-path': { type: text, default: '' },
      'require-peer-certificate': { type: yesOrNo, default: 'no' },
      'upgrade-policy': { type: word('none', 'require-same-version', 'suggest-same-version'), default: 'none' },
    },
  };
}

/** The access points that a controller looks after: none comes to the simulated ones. */
export function remoteAccessPoints(root: string): MenuDefinition {
  const path = `${root}/capsman/remote-cap`;
  const onRows: CommandDefinition = {
    policy: 'write',
    parameters: ['.id', 'numbers'],
    run: (args, router) => {
      namedItems(args, path, router);
      return { kind: 'done' };
    },
  };
  return {
    path,
    kind: 'list',
    rows: 'read-only',
    fields: {},
    commands: {
      provision: onRows,
      remove: onRows,
      'set-identity': { ...onRows, parameters: ['.id', 'numbers', 'name'] },
      upgrade: onRows,
    },
  };
}
