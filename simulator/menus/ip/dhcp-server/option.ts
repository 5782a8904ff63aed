import { isIPv4 } from 'node:net';
import type { MenuDefinition } from '../../../engine/definition.ts';
import { badRequest } from '../../../engine/router-error.ts';
import { boolean, duration, integer, text } from '../../../values/field-types.ts';
import { comment, computed } from '../../row-fields.ts';

/** Options that servers send besides the usual ones. */
export const ipDhcpServerOption: MenuDefinition = {
  path: '/ip/dhcp-server/option',
  kind: 'list',
  noun: 'dhcp option',
  nameField: 'name',
  fields: {
    code: { type: integer(1, 254), required: true },
    comment: { ...comment, since: '7.16' },
    force: { type: boolean, default: 'false' },
    name: { type: text, required: true },
    'raw-value': computed((item) => rawValue(item.values['value'] ?? '')),
    value: { type: text, default: '' },
  },
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined,
  prepare: ({ kind, after }) => {
    if (kind !== 'remove' && rawValue(after['value'] ?? '') === undefined) {
      throw badRequest('invalid value for argument value');
    }
  },
};

/** Options that belong together. */
export const ipDhcpServerOptionSets: MenuDefinition = {
  path: '/ip/dhcp-server/option/sets',
  kind: 'list',
  noun: 'dhcp option set',
  nameField: 'name',
  fields: {
    name: { type: text, required: true },
    options: { type: text, default: '' },
  },
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined,
};

/** How leases are kept and accounted for. */
export const ipDhcpServerConfig: MenuDefinition = {
  path: '/ip/dhcp-server/config',
  kind: 'singleton',
  noun: 'dhcp server settings',
  fields: {
    accounting: { type: boolean, default: 'true' },
    'interim-update': { type: duration(), default: '0s' },
    'radius-password': { type: text, default: 'empty' },
    'store-leases-disk': { type: duration(0, Infinity, ['immediately', 'never']), default: '5m' },
  },
};

/**
 * The parts of a value in hexadecimal: `s'text'` as it stands, `'192.0.2.1'` as the address and `'10'` as the number that
 * it spells, any other `'text'` as it stands, `0x…` as given. Undefined when a part is none of these.
 */
function rawValue(value: string): string | undefined {
  let raw = '';
  for (const part of value.match(/s?'[^']*'|0x[\da-f]*|\S/gi) ?? []) {
    if (/^s'/i.test(part)) raw += Buffer.from(part.slice(2, -1)).toString('hex');
    else if (part.startsWith("'")) raw += spelled(part.slice(1, -1)).toString('hex');
    else if (/^0x([\da-f]{2})*$/i.test(part)) raw += part.slice(2).toLowerCase();
    else return undefined;
  }
  return raw;
}

function spelled(quoted: string): Buffer {
  if (isIPv4(quoted)) return Buffer.from(quoted.split('.').map(Number));
  if (!/^\d{1,10}$/.test(quoted) || Number(quoted) > 0xffffffff) return Buffer.from(quoted);
  const digits = Number(quoted).toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}
