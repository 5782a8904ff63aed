import type { Item, RouterView } from '../engine/definition.ts';
import { interfaceOf, isSlavePort, isUp, leadsUpstream } from './links.ts';
import { leasedUplinkAddress, UPLINK_GATEWAY, UPLINK_LENGTH, UPSTREAM_LEASE_MS } from './outside.ts';

/** What a DHCP client of the router holds. */
export type UpstreamLease = {
  /** With its prefix length. */
  readonly address: string;
  readonly gateway: string;
  readonly server: string;
  readonly dnsServer: string;
  readonly expiresAfterMs: number;
};

export type ClientState = { readonly status: string; readonly lease?: UpstreamLease };

/** How long a client asks before it is bound, in milliseconds. */
export const BINDING_TIME_MS = 2000;

/**
 * State of a row of `/ip/dhcp-client`: bound a moment after it was started when its interface leads upstream, searching
 * for ever elsewhere. It renews at half of the lease.
 */
export function clientState(item: Item, router: RouterView): ClientState {
  const port = item.values['interface'] ?? '';
  if (item.values['disabled'] === 'true') return { status: 'stopped' };
  if (cannotRun(item, router)) return { status: 'error' };
  if (!isUp(router, port) || !leadsUpstream(router, port)) return { status: 'searching...' };
  const runningMs = router.clock.uptimeMs() - (item.internal['startedMs'] ?? 0);
  if (runningMs < BINDING_TIME_MS)
    return { status: runningMs < BINDING_TIME_MS / 2 ? 'searching...' : 'requesting...' };
  const sinceBoundMs = router.clock.uptimeMs() - Math.max(item.internal['renewedMs'] ?? 0, boundAtMs(item));
  return {
    status: 'bound',
    lease: {
      address: `${leasedUplinkAddress(router.index)}/${UPLINK_LENGTH}`,
      gateway: UPLINK_GATEWAY,
      server: UPLINK_GATEWAY,
      dnsServer: UPLINK_GATEWAY,
      expiresAfterMs: UPSTREAM_LEASE_MS - (sinceBoundMs % (UPSTREAM_LEASE_MS / 2)),
    },
  };
}

/** Clients cannot run on ports of a bridge, and not on interfaces that are gone. */
export function cannotRun(item: Item, router: RouterView): boolean {
  const port = item.values['interface'] ?? '';
  return interfaceOf(router, port) === undefined || isSlavePort(router, port);
}

/** Leases of all clients, with the client that holds each. */
export function upstreamLeases(router: RouterView): { readonly client: Item; readonly lease: UpstreamLease }[] {
  return router.items('/ip/dhcp-client').flatMap((client) => {
    const { lease } = clientState(client, router);
    return lease ? [{ client, lease }] : [];
  });
}

/** Name servers that bound clients were told to use. */
export function peerDnsServers(router: RouterView): string[] {
  const servers = upstreamLeases(router).flatMap(({ client, lease }) =>
    client.values['use-peer-dns'] === 'false' ? [] : [lease.dnsServer],
  );
  return [...new Set(servers)];
}

const boundAtMs = (item: Item): number => (item.internal['startedMs'] ?? 0) + BINDING_TIME_MS;
