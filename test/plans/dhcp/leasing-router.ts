import type { Step } from '../../../shared/domain/change.ts';
import { dhcpLeases } from '../../../shared/plans/dhcp-leases.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { cannedRouter } from '../../operations/canned-router.ts';
import { capture } from '../laws.ts';

export type Wish = Record<string, unknown>;
export type Rows = readonly RouterRecord[];

export const LEASES = '/ip/dhcp-server/lease';

export const macOf = (n: number): string => `02:00:00:00:00:0${n}`;
export const at = (n: number): string => `192.168.88.${n}`;
export const lease = (mac: number, address: number, more: RouterRecord = {}): RouterRecord => ({
  'mac-address': macOf(mac),
  address: at(address),
  server: 'defconf',
  disabled: 'false',
  dynamic: 'false',
  ...more,
});

/** Managed from 192.168.88.5; ether3 has a network without a relay, and one with it. */
export function routerWith(leases: Rows): Router {
  return cannedRouter(
    {
      [LEASES]: leases.map((row, index) => ({ '.id': `*${index + 1}`, ...row })),
      '/ip/dhcp-server/network': [
        { address: '192.168.88.0/24', gateway: '192.168.88.2' },
        { address: '10.0.3.0/24', gateway: '10.0.3.1' },
      ],
      '/ip/dhcp-server': [
        { name: 'defconf', interface: 'bridge' },
        { name: 'lab', interface: 'ether3' },
        { name: 'far', interface: 'ether3', relay: '10.9.9.1' },
      ],
      '/ip/address': [
        { address: '192.168.88.1/24', interface: 'bridge', disabled: 'false' },
        { address: '10.0.3.1/24', interface: 'ether3', disabled: 'false' },
      ],
      '/ipv6/address': [],
      '/ip/service': [],
      '/user/active': [{ '.id': '*1', address: '192.168.88.5', via: 'rest-api' }],
      '/ip/route': [{ 'dst-address': '192.168.88.0/24', gateway: 'bridge', active: 'true', dynamic: 'true' }],
      '/ipv6/route': [],
    },
    {},
    { host: '192.168.88.1' },
  );
}

export async function stepsFor(leases: Rows, wish: readonly Wish[]): Promise<Step[]> {
  const input = dhcpLeases.input.parse({ leases: wish });
  return dhcpLeases.steps(await capture(dhcpLeases, routerWith(leases), input), input);
}
