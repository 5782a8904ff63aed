import type { Item, RouterView } from '../engine/definition.ts';
import { parseDurationMs } from '../values/duration.ts';
import { interfaceOf, isSlavePort, isUp, leadsUpstream } from './links.ts';

/** A machine on a network that a DHCP server of the router serves. */
export type LanHost = {
  readonly mac: string;
  readonly name: string;
  /** When it got its lease and when it last renewed it, in milliseconds of uptime. */
  readonly boundMs: number;
  readonly renewedMs: number;
  readonly expiresMs: number;
};

/** How long a machine takes to ask for an address after the server came up, each after the one before it. */
const ASKING_MS = 3000;

/** Visitors stay for two hours and come back after six. */
const STAY_MS = 2 * 3_600_000;
const RETURN_MS = 6 * 3_600_000;

/**
 * The machines that hold a lease of a server now: some that are always there, and visitors, whose leases expire some
 * time after they have left. A machine renews its lease at half of the lease time.
 */
export function lanHosts(server: Item, router: RouterView): LanHost[] {
  if (!isServing(server, router)) return [];
  const number = Number.parseInt(server.id.slice(1), 16);
  const count = 3 + ((router.index * 7 + number) % 4);
  const leaseMs = Math.max(1000, parseDurationMs(server.values['lease-time'] ?? '30m') ?? 0);
  return Array.from({ length: count }, (_, position) => host(position, number, leaseMs, server, router)).filter(
    (candidate) => candidate !== undefined,
  );
}

/** Does the server give out addresses: enabled, on a working interface of its own, and not towards the uplink? */
export function isServing(server: Item, router: RouterView): boolean {
  const port = server.values['interface'] ?? '';
  return server.values['disabled'] !== 'true' && !isInvalidServer(server, router) && isUp(router, port);
}

/** A server is invalid on an interface that is gone or is part of a bridge. */
export function isInvalidServer(server: Item, router: RouterView): boolean {
  const port = server.values['interface'] ?? '';
  return interfaceOf(router, port) === undefined || isSlavePort(router, port);
}

function host(position: number, server: number, leaseMs: number, item: Item, router: RouterView): LanHost | undefined {
  if (leadsUpstream(router, item.values['interface'] ?? '')) return undefined;
  const now = router.clock.uptimeMs();
  const startedMs = (item.internal['startedMs'] ?? 0) + (position + 1) * ASKING_MS;
  if (now < startedMs) return undefined;
  const isVisitor = position % 3 === 2;
  const boundMs = isVisitor ? startedMs + Math.floor((now - startedMs) / RETURN_MS) * RETURN_MS : startedMs;
  const presentMs = Math.min(now - boundMs, isVisitor ? STAY_MS : Infinity);
  const renewedMs = boundMs + Math.floor(presentMs / (leaseMs / 2)) * (leaseMs / 2);
  const expiresMs = renewedMs + leaseMs;
  if (now >= expiresMs) return undefined;
  const name = NAMES[position % NAMES.length] ?? 'host';
  return { mac: macOf(position, server, router.index), name, boundMs, renewedMs, expiresMs };
}

const NAMES = [
  'reception-laptop',
  'printer-office',
  'phone-guest',
  'door-camera',
  'meeting-tv',
  'tablet-guest',
] as const;

const VENDORS = ['3C:22:FB', '00:1B:A9', 'F4:F5:D8', 'B8:27:EB', '8C:79:F5', 'A4:83:E7'] as const;

function macOf(position: number, server: number, routerIndex: number): string {
  const tail = ((routerIndex * 64 + server * 8 + position) & 0xffffff).toString(16).toUpperCase().padStart(6, '0');
  return `${VENDORS[position % VENDORS.length]}:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4, 6)}`;
}
