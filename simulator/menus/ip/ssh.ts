import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, integer, text, word } from '../../values/field-types.ts';

/** The SSH server. How passwords are treated beside keys is another field from 7.21 on. */
export const ipSsh: MenuDefinition = {
  path: '/ip/ssh',
  kind: 'singleton',
  noun: 'ssh settings',
  fields: {
    'allow-none-crypto': { type: boolean, default: 'false', until: '7.17' },
    'always-allow-password-login': { type: boolean, default: 'false', until: '7.21' },
    ciphers: { type: text, default: 'auto', since: '7.17' },
    'forwarding-enabled': { type: word('no', 'local', 'remote', 'both'), default: 'no' },
    'host-key-size': { type: integer(1024, 8192), default: '2048' },
    'host-key-type': { type: word('rsa', 'ed25519'), default: 'rsa' },
    'password-authentication': { type: word('yes', 'no', 'yes-if-no-key'), default: 'yes-if-no-key', since: '7.21' },
    'publickey-authentication-options': {
      type: word('none', 'touch-required', 'verify-required'),
      default: 'none',
      since: '7.21',
    },
    'strong-crypto': { type: boolean, default: 'false' },
  },
};
