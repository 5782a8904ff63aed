import type { MenuDefinition, RouterView } from '../../engine/definition.ts';
import { poolTotal, poolUses } from '../../network/address-pools.ts';
import { reference, text } from '../../values/field-types.ts';
import { ipv4Ranges } from '../../values/address-types.ts';
import { comment, computed } from '../row-fields.ts';

/** First version that prints how full a pool is. Where it came in is not measured. */
const FIGURES_SINCE = '7.17';

/** Ranges of addresses that DHCP servers and PPP give out. */
export const ipPool: MenuDefinition = {
  path: '/ip/pool',
  kind: 'list',
  noun: 'pool',
  nameField: 'name',
  fields: {
    available: { ...computed((item, router) => String(poolTotal(item) - used(item.id, router))), since: FIGURES_SINCE },
    comment,
    name: { type: text, required: true },
    'next-pool': { type: reference('/ip/pool', ['none']), emptyClears: true },
    ranges: { type: ipv4Ranges, required: true },
    total: { ...computed((item) => String(poolTotal(item))), since: FIGURES_SINCE },
    used: { ...computed((item, router) => String(used(item.id, router))), since: FIGURES_SINCE },
  },
  seed: () => [{ name: 'default-dhcp', ranges: '192.168.88.10-192.168.88.254' }],
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'pool with such name exists' : undefined,
};

/** Addresses of pools that are taken now. */
export const ipPoolUsed: MenuDefinition = {
  path: '/ip/pool/used',
  kind: 'list',
  rows: 'fixed',
  lacks: ['set', 'reset'],
  fields: {
    address: { type: text },
    info: { type: text },
    owner: { type: text },
    pool: { type: reference('/ip/pool') },
  },
  derived: (router) =>
    poolUses(router).map(({ pool, address, info }, position) => ({
      id: `*${(position + 1).toString(16).toUpperCase()}`,
      dynamic: true,
      values: { pool, address, owner: 'DHCP', info },
      internal: {},
    })),
};

function used(pool: string, router: RouterView): number {
  return poolUses(router).filter((use) => use.pool === pool).length;
}
