import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, text, word } from '../../values/field-types.ts';

/** Lists of revoked certificates, and which authorities are trusted from the start. */
export const certificateSettings: MenuDefinition = {
  path: '/certificate/settings',
  kind: 'singleton',
  noun: 'certificate settings',
  fields: {
    'builtin-trust-anchors': {
      type: word('not-trusted', 'trusted'),
      default: 'not-trusted',
      since: '7.19',
      until: '7.21',
    },
    'builtin-trust-store': { type: text, default: 'fetch', since: '7.21' },
    'crl-download': { type: boolean, default: 'false' },
    'crl-store': { type: word('ram', 'system'), default: 'ram' },
    'crl-use': { type: boolean, default: 'false' },
    'current-defaults': { type: text, default: '', since: '7.21' },
  },
};
