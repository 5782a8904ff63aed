import type { Item, RouterView } from '../engine/definition.ts';
import { formatIpv4, parseIpv4 } from '../values/ip-address.ts';
import type { ManagementService } from './open-connections.ts';
import { uplinkAddress } from './outside.ts';

/** How managers reach a router: where the cable is, and by which web service. */
export type ManagementLink = {
  /** `uplink`: through the first port, from far away. `bridge`: in the second port, from the router's own LAN. */
  readonly side: 'uplink' | 'bridge';
  readonly web: 'www' | 'www-ssl';
};

/** The usual link: from far away, without TLS. */
export const DEFAULT_LINK: ManagementLink = { side: 'uplink', web: 'www' };

/** The address that managers use: the one the router had there when it was made. */
export function managementAddress({ index, management }: RouterView): string {
  return management.side === 'uplink' ? uplinkAddress(index) : LAN_ADDRESS;
}

/** The port into which the managers' cable goes; undefined when the board has no such port. */
export function managementPort(router: RouterView): Item | undefined {
  const port = router.board.interfaces[router.management.side === 'uplink' ? 0 : 1]?.name;
  return router.items('/interface').find(({ values }) => (values['default-name'] ?? values['name']) === port);
}

/**
 * The source address that the router sees. Clients come from far away as they are; on the LAN each of them has an
 * address of 192.168.88.0/24: 127.0.0.1 is 192.168.88.10, 127.0.0.2 is 192.168.88.11, and so on.
 */
export function sourceSeen({ management }: RouterView, remoteAddress: string): string {
  const address = remoteAddress.replace(/^::ffff:/, '');
  if (management.side === 'uplink') return address;
  const machine = ((parseIpv4(address) ?? 1) - 1) & 0xff;
  return formatIpv4((parseIpv4(FIRST_LAN_CLIENT) ?? 0) + (machine % LAN_CLIENTS));
}

/** Ports on which a new router's services listen, and to which the way from outside leads for ever. */
export const SERVICE_PORTS: Readonly<Record<ManagementService, number>> = { www: 80, 'www-ssl': 443, ssh: 22 };

const LAN_ADDRESS = '192.168.88.1';
const FIRST_LAN_CLIENT = '192.168.88.10';
const LAN_CLIENTS = 240;
