import type { Item, RouterView } from '../engine/definition.ts';
import { freeAddress } from './address-pools.ts';
import { type LanHost, lanHosts } from './lan-hosts.ts';

const LEASES = '/ip/dhcp-server/lease';

/**
 * Brings the leases up to date with the machines that hold them now: dynamic rows come and go, static ones learn which
 * machine uses them. Leases are looked at far less often than they change, so they are kept at every look.
 */
export function refreshLeases(router: RouterView): void {
  const held = new Set<string>();
  for (const server of router.items('/ip/dhcp-server')) {
    for (const host of lanHosts(server, router)) {
      const lease = staticLease(host, server, router) ?? dynamicLease(host, server, router);
      if (!lease) continue;
      held.add(lease.id);
      note(lease, host, server);
    }
  }
  for (const lease of router.items(LEASES)) if (!lease.dynamic && !held.has(lease.id)) forget(lease);
  router.discard(LEASES, ({ id, dynamic }) => dynamic && !held.has(id));
}

/** Is the lease bound? */
export const isBound = (lease: Item, router: RouterView): boolean =>
  (lease.internal['expiresMs'] ?? 0) > router.clock.uptimeMs();

/** Lets the machine of a lease that was removed ask for an address again when it renews next, not before. */
export function suppressUntilRenewal(lease: Item, router: RouterView): void {
  const server = router.items('/ip/dhcp-server').find(({ id }) => id === lease.values['server']);
  const { renewedMs = 0, expiresMs = 0 } = lease.internal;
  if (server) server.internal[suppressionKey(lease.values['mac-address'])] = renewedMs + (expiresMs - renewedMs) / 2;
}

const suppressionKey = (mac: string | undefined): string => `again ${mac}`;

function staticLease(host: LanHost, server: Item, router: RouterView): Item | undefined {
  return router
    .items(LEASES)
    .find(
      ({ dynamic, values }) =>
        !dynamic &&
        values['disabled'] !== 'true' &&
        values['mac-address'] === host.mac &&
        (values['server'] === undefined || values['server'] === server.id),
    );
}

function dynamicLease(host: LanHost, server: Item, router: RouterView): Item | undefined {
  const known = router
    .items(LEASES)
    .find(({ dynamic, values }) => dynamic && values['mac-address'] === host.mac && values['server'] === server.id);
  if (known) return known;
  const again = server.internal[suppressionKey(host.mac)];
  if (again !== undefined && router.clock.uptimeMs() < again) return undefined;
  delete server.internal[suppressionKey(host.mac)];
  const taken = new Set(router.items(LEASES).flatMap(({ values }) => values['address'] ?? []));
  const address = freeAddress(router, server.values['address-pool'] ?? '', taken);
  if (address === undefined) return undefined;
  const values = { address, 'mac-address': host.mac, server: server.id, 'client-id': `1:${shortMac(host.mac)}` };
  return router.insert(LEASES, values, { dynamic: true });
}

/** Remembers on the row what its machine told. */
function note(lease: Item, host: LanHost, server: Item): void {
  lease.internal['boundMs'] = host.boundMs;
  lease.internal['renewedMs'] = host.renewedMs;
  lease.internal['expiresMs'] = host.expiresMs;
  lease.internal['server'] = Number.parseInt(server.id.slice(1), 16);
  if (lease.values['host-name'] !== host.name) lease.values = { ...lease.values, 'host-name': host.name };
}

function forget(lease: Item): void {
  for (const key of ['boundMs', 'expiresMs', 'server']) delete lease.internal[key];
  if (lease.values['host-name'] === undefined) return;
  const { 'host-name': _gone, ...values } = lease.values;
  lease.values = values;
}

/** As client identifiers print MAC addresses: `1:b8:27:eb:0:1:a`. */
function shortMac(mac: string): string {
  return mac
    .toLowerCase()
    .split(':')
    .map((octet) => octet.replace(/^0/, ''))
    .join(':');
}
