import type { CommandDefinition, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { boolean, listOf, reference, text, word } from '../../../values/field-types.ts';
import { referenceList } from '../../../values/reference-list.ts';
import { isIpAddress } from '../../../values/ip-address.ts';
import { namedItems } from '../named-items.ts';
import { type AccessPoint, accessPointRow, accessPointsOf, provision } from './access-points.ts';
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
    applied: (_change, router) => provision(root, router),
    booted: (router) => provision(root, router),
  };
}

/** The access points that a controller looks after. */
export function remoteAccessPoints(root: string): MenuDefinition {
  const path = `${root}/capsman/remote-cap`;
  const onRows = (whatHappens: (meant: readonly AccessPoint[], router: RouterView) => void): CommandDefinition => ({
    policy: 'write',
    parameters: ['.id', 'numbers'],
    run: (args, router) => {
      const names = new Set(namedItems(args, path, router).map(({ values }) => values['identity']));
      whatHappens(
        accessPointsOf(root, router).filter(({ identity }) => names.has(identity)),
        router,
      );
      return { kind: 'done' };
    },
  });
  // One that is cut off or restarts comes back at once, and is provisioned as one that is new.
  const provisions = onRows((meant, router) => {
    const macs = meant.flatMap(({ radios }) => radios.map(({ mac }) => mac));
    provision(root, router, macs);
  });
  return {
    path,
    kind: 'list',
    rows: 'read-only',
    fields: Object.fromEntries(CAP_FIELDS.map((name) => [name, { type: text, access: 'read-only' as const }])),
    derived: (router) => accessPointsOf(root, router).map((accessPoint) => accessPointRow(accessPoint, router)),
    commands: {
      provision: provisions,
      remove: provisions,
      'set-identity': { ...onRows(() => undefined), parameters: ['.id', 'numbers', 'name'] },
      upgrade: provisions,
    },
  };
}

const CAP_FIELDS = [
  'address',
  'base-mac',
  'board-name',
  'common-name',
  'connected-time',
  'identity',
  'serial',
  'state',
  'uptime',
  'version',
];
