import type { Step } from '../../../shared/domain/change.ts';
import { dhcpService } from '../../../shared/plans/dhcp-service.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { cannedRouter } from '../../operations/canned-router.ts';
import { capture } from '../laws.ts';

export type Wish = Record<string, unknown>;
type Rows = readonly RouterRecord[];

export interface Held {
  pools?: Rows;
  networks?: Rows;
  servers?: Rows;
  leases?: Rows;
  used?: Rows;
  profiles?: Rows;
}

const withIds = (rows: Rows): RouterRecord[] => rows.map((row, index) => ({ '.id': `*${index + 1}`, ...row }));

/** Managed under 10.0.1.1 on vlan1, by 10.0.1.5; ether1 is the way to the provider. */
export function routerWith({
  pools = [],
  networks = [],
  servers = [],
  leases = [],
  used = [],
  profiles = [],
}: Held): Router {
  return cannedRouter(
    {
      '/ip/pool': withIds(pools),
      '/ip/pool/used': withIds(used),
      '/ip/dhcp-server/network': withIds(networks),
      '/ip/dhcp-server': withIds(servers),
      '/ip/dhcp-server/lease': withIds(leases),
      '/ip/dhcp-server/option': [{ '.id': '*1', name: 'tftp' }],
      '/ip/dhcp-client': [{ '.id': '*1', interface: 'ether1', disabled: 'false' }],
      '/ppp/profile': withIds(profiles),
      '/ip/address': [1, 2, 3].map((n) => ({ address: `10.0.${n}.1/24`, interface: `vlan${n}`, disabled: 'false' })),
      '/ipv6/address': [],
      '/ip/service': [],
      '/user/active': [{ '.id': '*1', address: '10.0.1.5', via: 'rest-api' }],
      '/ip/route': [{ 'dst-address': '10.0.1.0/24', gateway: 'vlan1', active: 'true', dynamic: 'true' }],
      '/ipv6/route': [],
      '/interface': [
        ...['ether1', 'vlan1', 'vlan2', 'vlan3', 'vlan4'].map((name) => ({ name })),
        { name: 'ether2', slave: 'true' },
        { name: '<ppp>', dynamic: 'true' },
      ],
    },
    {},
    { host: '10.0.1.1' },
  );
}

export const SITE: Held = {
  pools: [
    { name: 'p1', ranges: '10.0.1.10-10.0.1.99' },
    { name: 'p2', ranges: '10.0.2.10-10.0.2.99', 'next-pool': 'p3' },
    { name: 'p3', ranges: '10.0.3.10-10.0.3.99' },
  ],
  networks: [1, 2, 3].map((n) => ({ address: `10.0.${n}.0/24`, gateway: `10.0.${n}.1` })),
  servers: [{ name: 's1', interface: 'vlan1', 'address-pool': 'p1', 'lease-time': '30m', disabled: 'false' }],
};

export async function stepsFor(held: Held, wish: Wish): Promise<Step[]> {
  const input = dhcpService.input.parse(wish);
  return dhcpService.steps(await capture(dhcpService, routerWith(held), input), input);
}

export const told = (steps: readonly Step[]): string[] =>
  steps.map((step) => `${step.op} ${Object.values('key' in step ? (step.key ?? {}) : {}).join()}`);
