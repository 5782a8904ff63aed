import { onTestFinished, expect, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { BRIDGED_MANAGEMENT_MENUS, findBridgedManagement } from '../../../shared/routeros/bridged-management.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { type FleetOptions, startFleet } from '../../../simulator/fleet.ts';
import { routerWith } from '../../plans/router-with-routes.ts';

async function opened(options: Partial<FleetOptions>): Promise<Router> {
  const fleet = await startFleet({ routers: 1, http: true, ...options });
  onTestFinished(() => fleet.stop());
  const [{ host, restPort, user: username, password } = { host: '', restPort: 0, user: '', password: '' }] =
    fleet.devices;
  const paths = [...BRIDGED_MANAGEMENT_MENUS, '/interface/bridge'];
  const { router, ...opening } = openRouter({
    host,
    restPort,
    tls: { mode: 'plaintext' },
    username,
    password,
    paths,
    effect: 'read',
  });
  onTestFinished(() => opening.close());
  return router;
}

test('managed from its LAN, a router tells the port behind which the manager is', async () => {
  const router = await opened({ management: 'bridge' });
  expect(await findBridgedManagement(router)).toEqual({
    bridges: [{ bridge: 'bridge', vlan: null, ports: ['ether2'] }],
    carriers: ['bridge', 'ether2'],
  });
});

test('managed by a port of its own, no bridge is part of the way', async () => {
  const router = await opened({ management: 'uplink' });
  expect(await findBridgedManagement(router)).toEqual({ bridges: [], carriers: ['ether1'] });
});

const LAN = {
  '/interface': [
    { name: 'ether1', type: 'vlan' },
    { name: 'lan', type: 'bridge' },
    { name: 'ether3', type: 'ether' },
    { name: 'ether4', type: 'ether' },
  ],
  '/interface/vlan': [{ name: 'ether1', interface: 'lan', 'vlan-id': '99' }],
  '/interface/bridge/port': [
    { bridge: 'lan', interface: 'ether3' },
    { bridge: 'lan', interface: 'ether4' },
  ],
  '/interface/bridge/host': [
    { bridge: 'lan', 'mac-address': '9C:B6:D0:00:00:01', 'on-interface': 'ether4', local: 'false' },
  ],
};
const neighbour = (address: string) => ({ address, 'mac-address': '9c:b6:d0:00:00:01', interface: 'ether1' });

test('a VLAN interface on a bridge is named with its id, and with the port of the next hop to managers', async () => {
  const gateway = {
    'dst-address': '0.0.0.0/0',
    gateway: '198.18.0.254',
    'immediate-gw': '198.18.0.254%ether1',
    active: 'true',
  };
  const router = routerWith([gateway], {
    ...LAN,
    '/ip/arp': [neighbour('198.18.0.254')],
    '/user/active': [{ address: '203.0.113.7', via: 'rest-api' }],
  });
  expect(await findBridgedManagement(router)).toEqual({
    bridges: [{ bridge: 'lan', vlan: 99, ports: ['ether4'] }],
    carriers: ['ether1', 'ether4', 'lan'],
  });
});

test('all ports may carry it where one of the managers is in no table', async () => {
  const router = routerWith([], { ...LAN, '/ip/arp': [neighbour('198.18.0.6')] });
  expect(await findBridgedManagement(router)).toEqual({
    bridges: [{ bridge: 'lan', vlan: 99, ports: null }],
    carriers: ['ether1', 'ether3', 'ether4', 'lan'],
  });
});
