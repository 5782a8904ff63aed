import type { CommandDefinition, MenuDefinition } from '../../engine/definition.ts';
import { boolean, reference, text, word } from '../../values/field-types.ts';
import { namedItems } from '../interface/named-items.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

/** The older controller of access points. */
export const capsManManager: MenuDefinition = {
  path: '/caps-man/manager',
  kind: 'singleton',
  noun: 'caps-man manager settings',
  fields: {
    'ca-certificate': { type: text, default: 'none' },
    certificate: { type: text, default: 'none' },
    enabled: { type: boolean, default: 'false' },
    'package-path': { type: text, default: '' },
    'require-peer-certificate': { type: boolean, default: 'false' },
    'upgrade-policy': { type: word('none', 'require-same-version', 'suggest-same-version'), default: 'none' },
  },
};

/** Where the controller listens for access points; the entry `all` is always there. */
export const capsManManagerInterfaces: MenuDefinition = {
  path: '/caps-man/manager/interface',
  kind: 'list',
  noun: 'caps-man manager interface',
  firstId: 0,
  fields: {
    comment,
    default: computed((item) => String(item.values['interface'] === 'all')),
    disabled,
    dynamic,
    forbid: { type: boolean, default: 'false' },
    interface: { type: reference('/interface', ['all']), required: true },
  },
  seed: () => [{ interface: 'all' }],
};

/** The access points of the controller, their radios and clients: nobody comes to a simulated one. */
export const CAPS_MAN_GUESTS: readonly MenuDefinition[] = [
  guests('/caps-man/radio', ['provision']),
  guests('/caps-man/registration-table', ['remove']),
  guests('/caps-man/remote-cap', ['provision', 'remove', 'set-identity', 'upgrade']),
];

function guests(path: string, commands: readonly string[]): MenuDefinition {
  const onRows = (command: string): CommandDefinition => ({
    policy: 'write',
    parameters: ['.id', 'numbers', ...(command === 'set-identity' ? ['identity'] : [])],
    run: (args, router) => {
      namedItems(args, path, router);
      return { kind: 'done' };
    },
  });
  return {
    path,
    kind: 'list',
    rows: 'read-only',
    fields: {},
    commands: Object.fromEntries(commands.map((name) => [name, onRows(name)])),
  };
}
