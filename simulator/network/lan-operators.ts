import type { RouterView } from '../engine/definition.ts';
import { neighbourMac } from '../menus/interface/made-macs.ts';

/** A machine on the router's own LAN from which it is managed. */
export type LanOperator = { readonly address: string; readonly mac: string };

/** Those that are connected to one of the router's services now; none where the managers come from far away. */
export function lanOperators(router: RouterView): LanOperator[] {
  if (router.management.side !== 'bridge') return [];
  const sources = [...new Set(router.connections.list().map(({ source }) => source))].sort();
  return sources.map((address) => ({ address, mac: neighbourMac(router.index, machineNumber(address)) }));
}

/** Tells machines apart, and from others that the simulator makes addresses for. */
function machineNumber(address: string): number {
  return 4000 + Number(address.split('.').at(-1) ?? 0);
}
