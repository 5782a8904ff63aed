import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';

const connected = (destination: string, name: string): RouterRecord => ({
  '.id': `*2018${name}`,
  'dst-address': destination,
  gateway: name,
  'immediate-gw': name,
  active: 'true',
  dynamic: 'true',
  connect: 'true',
  distance: '0',
  'routing-table': 'main',
});

/** As routers show a static route that is used. */
export const configured = (id: number, values: RouterRecord): RouterRecord => ({
  '.id': `*8000000${id.toString(16).toUpperCase()}`,
  active: 'true',
  dynamic: 'false',
  static: 'true',
  distance: '1',
  scope: '30',
  'target-scope': '10',
  'routing-table': 'main',
  ...values,
});

/** A router whose manager is 198.18.0.5: on ether1, unless a route says otherwise. */
export function routerWith(routes: readonly RouterRecord[], menus: Record<string, RouterRecord[]> = {}): Router {
  const ipv6 = (row: RouterRecord): boolean => row['dst-address']?.includes(':') === true;
  return cannedRouter(
    {
      '/ip/address': [{ '.id': '*1', address: '198.18.0.1/24', interface: 'ether1', 'actual-interface': 'ether1' }],
      '/ipv6/address': [],
      '/ip/service': [],
      '/user/active': [{ '.id': '*1', address: '198.18.0.5', via: 'rest-api' }],
      '/ip/route': [connected('198.18.0.0/24', 'ether1'), ...routes.filter((row) => !ipv6(row))],
      '/ipv6/route': routes.filter(ipv6),
      '/interface': [{ name: 'ether1' }, { name: 'ether2' }],
      '/routing/table': [{ name: 'main' }, { name: 'guests' }],
      ...menus,
    },
    {},
    { host: '198.18.0.1' },
  );
}
