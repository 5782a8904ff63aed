import type { Item, RouterView } from '../engine/definition.ts';
import { listAddress } from '../menus/firewall/address-list.ts';
import { count } from '../menus/firewall/counters.ts';
import type { Way } from './management-path.ts';
import { interfaceName } from './links.ts';
import type { Packet } from './packet.ts';

/** Does what packets do to the rules they matched: counts them, lists addresses, leaves lines in the log. */
export function leaveTraces(router: RouterView, { matched, packet }: Way, bytes: number): void {
  if (!packet) return;
  const packets = Math.max(1, Math.ceil(bytes / LARGEST_SEGMENT_BYTES));
  for (const rule of matched) {
    count(rule, packets, bytes + packets * HEADERS_BYTES);
    leaveTrace(router, rule, packet);
  }
}

/** Payload of a packet at most, in bytes. */
const LARGEST_SEGMENT_BYTES = 1448;

/** What IP and TCP put in front of it. */
const HEADERS_BYTES = 52;

function leaveTrace(router: RouterView, { values }: Item, packet: Packet): void {
  const { action, chain, 'address-list': list, 'address-list-timeout': timeout = 'none-dynamic' } = values;
  if (list !== undefined && action === 'add-src-to-address-list') {
    listAddress(router, 'ip', { list, address: packet.source, timeout });
  }
  if (list !== undefined && action === 'add-dst-to-address-list') {
    listAddress(router, 'ip', { list, address: packet.destination, timeout });
  }
  if (action !== 'log' && values['log'] !== 'true') return;
  const prefix = values['log-prefix'] ? `${values['log-prefix']} ` : '';
  const name = (id: string | undefined): string => (id === undefined ? '(unknown 0)' : interfaceName(router, id));
  router.log(
    'firewall,info',
    `${prefix}${chain}: in:${name(packet.inInterface)} out:${name(packet.outInterface)}, ` +
      `connection-state:${packet.state ?? 'untracked'} proto TCP (${packet.flags.join(',').toUpperCase()}), ` +
      `${packet.source}:${packet.sourcePort}->${packet.destination}:${packet.destinationPort}, len ${packet.bytes}`,
  );
}
