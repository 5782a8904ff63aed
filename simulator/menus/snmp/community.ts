import { isIPv6, isIPv4 } from 'node:net';
import type { Item, MenuDefinition } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { boolean, listOf, text, word } from '../../values/field-types.ts';
import { BUILTIN_ROW } from '../builtin-row.ts';
import { comment, disabled } from '../row-fields.ts';

/** Who may ask, and how. The community `public` is always there. */
export const snmpCommunity: MenuDefinition = {
  path: '/snmp/community',
  kind: 'list',
  noun: 'snmp community',
  nameField: 'name',
  firstId: 0,
  fields: {
    addresses: { type: listOf(isPrefix), default: '::/0' },
    'authentication-password': { type: text, default: '', sensitive: true },
    'authentication-protocol': { type: word('MD5', 'SHA1'), default: 'MD5' },
    comment,
    default: { type: boolean, access: 'read-only', default: 'false' },
    disabled,
    'encryption-password': { type: text, default: '', sensitive: true },
    'encryption-protocol': { type: word('AES', 'DES'), default: 'DES' },
    name: { type: text, required: true },
    'read-access': { type: boolean, default: 'true' },
    security: { type: word('authorized', 'none', 'private'), default: 'none' },
    'write-access': { type: boolean, default: 'false' },
  },
  seed: () => [{ name: 'public', default: 'true' }],
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'community with the same name already exists' : undefined,
  prepare: ({ kind, item }) => {
    if (kind === 'remove' && isDefault(item)) throw failure(BUILTIN_ROW);
  },
};

const isDefault = (item: Item): boolean => item.values['default'] === 'true';

function isPrefix(member: string): boolean {
  const [address = '', length = '0', ...rest] = member.split('/');
  const longest = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= longest;
}
