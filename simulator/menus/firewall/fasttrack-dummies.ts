import type { Item, RouterView } from '../../engine/definition.ts';
import { FASTTRACKED } from './counters.ts';
import type { Family, Table } from './matchers.ts';

/**
 * While connections are fast-tracked, rows that the router makes itself stand in front of the rules and show what the
 * fast path carries.
 */
export function fasttrackDummies(family: Family, table: Table, router: RouterView): Item[] {
  const chains = CHAINS[table];
  if (chains.length === 0 || !isFasttracking(family, router)) return [];
  const packets = Math.floor((router.clock.uptimeMs() / 1000) * FASTTRACKED.packetsPerSecond);
  return chains.map((chain, position) => ({
    id: `*${(FIRST_DUMMY_ID + position).toString(16).toUpperCase()}`,
    dynamic: true,
    values: { action: 'passthrough', chain, comment: 'special dummy rule to show fasttrack counters' },
    internal: { packets, bytes: packets * FASTTRACKED.packetBytes },
  }));
}

/** Ids of these rows are not measured. */
const FIRST_DUMMY_ID = 0xf0000001;

const CHAINS: Readonly<Record<Table, readonly string[]>> = {
  filter: ['forward'],
  mangle: ['prerouting', 'forward', 'postrouting'],
  nat: [],
  raw: ['prerouting'],
};

function isFasttracking(family: Family, router: RouterView): boolean {
  return router
    .items(`/${family}/firewall/filter`)
    .some(({ values }) => values['action'] === 'fasttrack-connection' && values['disabled'] !== 'true');
}
