import type { Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { ipv6Network } from '../../values/address-types.ts';
import { integer, reference, text } from '../../values/field-types.ts';
import { formatIpPrefix, networkPrefix, parseIpPrefix } from '../../values/ip-prefix.ts';
import { comment, computed, dynamic } from '../row-fields.ts';

/** Prefixes to take smaller ones from. */
export const ipv6Pool: MenuDefinition = {
  path: '/ipv6/pool',
  kind: 'list',
  noun: 'ipv6 pool',
  nameField: 'name',
  fields: {
    comment,
    dynamic,
    'from-pool': { type: reference('/ipv6/pool', ['']), emptyClears: true, since: '7.21' },
    name: { type: text, required: true },
    prefix: { type: ipv6Network, required: true },
    'prefix-length': { type: integer(1, 128), required: true },
  },
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'pool with such name exists' : undefined,
  prepare: ({ kind, after }) => {
    const prefix = parseIpPrefix(after['prefix'] ?? '');
    if (kind !== 'remove' && prefix && Number(after['prefix-length']) < prefix.length) throw failure(TOO_SHORT);
  },
};

/** Text for parts that are larger than the pool, which is not measured on a device. */
const TOO_SHORT = 'prefix length must be greater than or equal to prefix of pool';

/** Prefixes of pools that addresses use. */
export const ipv6PoolUsed: MenuDefinition = {
  path: '/ipv6/pool/used',
  kind: 'list',
  rows: 'read-only',
  fields: {
    info: computed((item) => item.values['info']),
    owner: computed((item) => item.values['owner']),
    pool: { type: reference('/ipv6/pool'), access: 'read-only' },
    prefix: computed((item) => item.values['prefix']),
  },
  derived: usedPrefixes,
};

function usedPrefixes(router: RouterView): Item[] {
  return router.items('/ipv6/address').flatMap(({ id, values }) => {
    const pool = values['from-pool'] ?? '';
    const address = parseIpPrefix(values['address'] ?? '');
    if (pool === '' || !address) return [];
    const prefix = formatIpPrefix(networkPrefix(address));
    return [
      { id, dynamic: true, values: { info: values['address'] ?? '', owner: 'Address', pool, prefix }, internal: {} },
    ];
  });
}
