import type { Item, RouterView } from '../engine/definition.ts';
import { formatIp, type IpPrefix, parseIp, parseIpPrefix } from '../values/ip-prefix.ts';
import { actualInterface, interfaceOf, isUp } from './links.ts';
import { upstreamLeases } from './upstream-lease.ts';

/** An address of the router. */
export type OwnAddress = {
  readonly id: string;
  /** The row of the configuration; absent for one that a DHCP client got. */
  readonly item?: Item;
  readonly prefix: IpPrefix;
  /** Network of the address; with `/32` perhaps the address of the other end. */
  readonly network: string;
  /** Id of the interface it was given to. */
  readonly interface: string;
  /** Id of the interface that is really used. */
  readonly actualInterface: string;
  /** Enabled, on an interface that works. */
  readonly usable: boolean;
};

/** The router's addresses of one family: those of the configuration, and those that clients got. */
export function ownAddresses(router: RouterView, family: 4 | 6 = 4): readonly OwnAddress[] {
  return family === 4 ? [...leasedAddresses(router), ...configured(router, '/ip/address')] : ipv6Addresses(router);
}

/** Does the address belong to the router itself, on an interface that works? */
export function isOwnAddress(router: RouterView, address: string): boolean {
  const wanted = parseIp(address);
  if (!wanted) return false;
  const text = `${formatIp(wanted)}/`;
  const known = wanted.family === 4 ? leasedAddresses(router) : [];
  const menu = wanted.family === 4 ? '/ip/address' : '/ipv6/address';
  const rows = isIpv6Off(router, wanted.family) ? [] : configured(router, menu, text);
  return [...known, ...rows].some(({ usable, prefix }) => usable && prefix.value === wanted.value);
}

/** Ids of rows that the router derives lie far from those it counts up. */
export const derivedId = (base: number, item: Item): string =>
  `*${(base + Number.parseInt(item.id.slice(1), 16)).toString(16).toUpperCase()}`;

function leasedAddresses(router: RouterView): OwnAddress[] {
  return upstreamLeases(router).flatMap(({ client, lease }) => {
    const found = ownAddress(router, derivedId(0x1000, client), lease.address, client.values['interface'] ?? '', true);
    return found ? [found] : [];
  });
}

function configured(router: RouterView, menu: string, startingWith = ''): OwnAddress[] {
  return router.items(menu).flatMap((item) => {
    const { address = '', interface: port = '', network, disabled } = item.values;
    if (!address.startsWith(startingWith)) return [];
    const found = ownAddress(router, item.id, address, port, disabled !== 'true');
    return found ? [{ ...found, item, network: network ?? found.network }] : [];
  });
}

function ipv6Addresses(router: RouterView): OwnAddress[] {
  return isIpv6Off(router, 6) ? [] : configured(router, '/ipv6/address');
}

const isIpv6Off = (router: RouterView, family: 4 | 6): boolean =>
  family === 6 && router.singleton('/ipv6/settings')['disable-ipv6'] === 'true';

function ownAddress(
  router: RouterView,
  id: string,
  text: string,
  port: string,
  enabled: boolean,
): OwnAddress | undefined {
  const prefix = parseIpPrefix(text);
  if (!prefix) return undefined;
  const actual = actualInterface(router, port);
  const usable = enabled && interfaceOf(router, port) !== undefined && isUp(router, actual);
  const bits = BigInt((prefix.family === 4 ? 32 : 128) - prefix.length);
  const network = formatIp({ family: prefix.family, value: (prefix.value >> bits) << bits });
  return { id, prefix, network, interface: port, actualInterface: actual, usable };
}
