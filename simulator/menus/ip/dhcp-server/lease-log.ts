import type { Item, RouterView } from '../../../engine/definition.ts';
import { isBound, refreshLeases } from '../../../network/lan-leases.ts';

const LEASES = '/ip/dhcp-server/lease';

/** Brings the leases up to date after a change of a server, with a line of the log for each that came or went. */
export function noteLeases(router: RouterView): void {
  const before = boundLeases(router);
  refreshLeases(router);
  const after = boundLeases(router);
  for (const [id, line] of before) if (!after.has(id)) router.log('dhcp,info', line.replace('%', 'deassigned'));
  for (const [id, line] of after) if (!before.has(id)) router.log('dhcp,info', line.replace('%', 'assigned'));
}

function boundLeases(router: RouterView): Map<string, string> {
  const bound = router.items(LEASES).filter((lease) => isBound(lease, router));
  return new Map(bound.map((lease) => [lease.id, logLine(lease, router)]));
}

/** `defconf assigned 192.168.88.20 for AA:BB:CC:DD:EE:FF host1` */
function logLine({ values, internal }: Item, router: RouterView): string {
  const serverId = `*${(internal['server'] ?? 0).toString(16).toUpperCase()}`;
  const server = router.items('/ip/dhcp-server').find(({ id }) => id === serverId)?.values['name'] ?? serverId;
  return `${server} % ${values['address']} for ${values['mac-address']} ${values['host-name'] ?? ''}`.trimEnd();
}
