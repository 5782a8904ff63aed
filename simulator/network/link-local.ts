import type { Item, RouterView } from '../engine/definition.ts';
import { macOf } from '../menus/interface/mac-addresses.ts';
import { formatIp } from '../values/ip-prefix.ts';
import { isSlavePort, isUp } from './links.ts';

/** An interface identifier made of a MAC address (modified EUI-64, RFC 4291); undefined without one. */
export function eui64(item: Item, router: RouterView): bigint | undefined {
  const mac = macOf(item, router);
  if (mac === undefined) return undefined;
  const octets = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const [first = 0, second = 0, third = 0, ...rest] = octets;
  return [first ^ 2, second, third, 0xff, 0xfe, ...rest].reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
}

/** The prefix of link-local addresses. */
const LINK_LOCAL = 0xfe80n << 112n;

/** `fe80::…/64` of every interface that speaks IPv6 now: it runs, has a MAC address and is no part of another one. */
export function linkLocalAddresses(router: RouterView): { readonly port: Item; readonly address: string }[] {
  const settings = router.singleton('/ipv6/settings');
  if (settings['disable-ipv6'] === 'true' || settings['disable-link-local-address'] === 'true') return [];
  return router.items('/interface').flatMap((port) => {
    const identifier = eui64(port, router);
    if (
      port.values['type'] === 'loopback' ||
      identifier === undefined ||
      !isUp(router, port.id) ||
      isSlavePort(router, port.id)
    )
      return [];
    return [{ port, address: `${formatIp({ family: 6, value: LINK_LOCAL | identifier })}/64` }];
  });
}
