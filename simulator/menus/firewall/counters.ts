import type { Item, RouterView } from '../../engine/definition.ts';

export type Count = { readonly packets: number; readonly bytes: number };

/** What a rule has counted: what passed for certain, and the traffic that its router is imagined to carry. */
export function countOf(item: Item, router: RouterView): Count {
  const { packets = 0, bytes = 0, countedFromMs } = item.internal;
  const background = item.values['disabled'] === 'true' ? undefined : BACKGROUND.get(item.values['comment'] ?? '');
  if (!background || countedFromMs === undefined) return { packets, bytes };
  const seconds = Math.max(0, router.clock.uptimeMs() - countedFromMs) / 1000;
  const imagined = Math.floor(background.packetsPerSecond * seconds);
  return { packets: packets + imagined, bytes: bytes + imagined * background.packetBytes };
}

/** Counts packets that a rule matched. */
export function count(item: Item, packets: number, bytes: number): void {
  item.internal['packets'] = (item.internal['packets'] ?? 0) + packets;
  item.internal['bytes'] = (item.internal['bytes'] ?? 0) + bytes;
}

/** Starts anew at a moment of the router's uptime, in milliseconds. */
export function resetCount(item: Item, uptimeMs: number): void {
  Object.assign(item.internal, { packets: 0, bytes: 0, countedFromMs: uptimeMs });
}

/** The rules of a new router see the traffic of a small office. */
const BACKGROUND: ReadonlyMap<string, { readonly packetsPerSecond: number; readonly packetBytes: number }> = new Map([
  ['defconf: accept established,related,untracked', { packetsPerSecond: 3, packetBytes: 172 }],
  ['defconf: drop invalid', { packetsPerSecond: 0.02, packetBytes: 52 }],
  ['defconf: accept ICMP', { packetsPerSecond: 0.05, packetBytes: 84 }],
  ['defconf: drop all not coming from LAN', { packetsPerSecond: 0.4, packetBytes: 44 }],
  ['defconf: fasttrack', { packetsPerSecond: 11, packetBytes: 812 }],
  ['defconf: masquerade', { packetsPerSecond: 0.6, packetBytes: 64 }],
]);

/** What runs through the fast path, per second. */
export const FASTTRACKED = { packetsPerSecond: 240, packetBytes: 904 };
