import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import type { SimulatedDevice } from './simulated-device.ts';

const ROUTE = { 'dst-address': '10.77.0.0/16' };
const NEW_ROUTE = { 'dst-address': '10.78.0.0/16', gateway: '10.20.0.1' };
const RULES = ['first', 'second', 'third'];
const [FIRST, , THIRD] = RULES.map((comment) => ({ comment }));

export interface Call {
  /** What the fault strikes. */
  request: { method: string; path: string };
  run: (router: Router) => Promise<unknown>;
  /** Asked at the router, whether the call has taken effect there. Reads have none. */
  isDone?: (device: SimulatedDevice) => Promise<boolean>;
}

/** Every call of the port. */
export const CALLS = {
  get: { request: { method: 'GET', path: '/ip/dns' }, run: (router) => router.get('/ip/dns') },
  list: { request: { method: 'GET', path: '/ip/route' }, run: (router) => router.list('/ip/route') },
  count: { request: { method: 'POST', path: '/ip/route/print' }, run: (router) => router.count('/ip/route') },
  look: {
    request: { method: 'POST', path: '/interface/monitor-traffic' },
    run: (router) => router.run('/interface', 'monitor-traffic', { interface: 'ether1', once: '' }),
  },
  set: {
    request: { method: 'POST', path: '/ip/dns/set' },
    run: (router) => router.set('/ip/dns', { servers: '9.9.9.9' }),
    isDone: async (device) => ((await device.menu('/ip/dns')) as { servers: string }).servers === '9.9.9.9',
  },
  run: {
    request: { method: 'POST', path: '/log/info' },
    run: (router) => router.run('/log', 'info', { message: 'hello' }),
    isDone: async (device) => (await rowsOf(device, '/log')).some(({ message }) => message === 'hello'),
  },
  add: {
    request: { method: 'PUT', path: '/ip/route' },
    run: (router) => router.add('/ip/route', NEW_ROUTE, { key: NEW_ROUTE }),
    isDone: async (device) => has(await rowsOf(device, '/ip/route'), 'dst-address', NEW_ROUTE['dst-address']),
  },
  change: {
    request: { method: 'PATCH', path: '/ip/route' },
    run: (router) => router.change('/ip/route', ROUTE, { distance: '7' }, ['comment']),
    isDone: async (device) => {
      const row = (await rowsOf(device, '/ip/route')).find((one) => one['dst-address'] === ROUTE['dst-address']);
      return row?.['distance'] === '7' && row['comment'] === undefined;
    },
  },
  remove: {
    request: { method: 'DELETE', path: '/ip/route' },
    run: (router) => router.remove('/ip/route', ROUTE),
    isDone: async (device) => !has(await rowsOf(device, '/ip/route'), 'dst-address', ROUTE['dst-address']),
  },
  move: {
    request: { method: 'POST', path: '/ip/firewall/mangle/move' },
    run: (router) => router.move('/ip/firewall/mangle', THIRD!, FIRST!),
    isDone: async (device) => {
      const own = (await rowsOf(device, '/ip/firewall/mangle')).filter(({ dynamic }) => dynamic !== 'true');
      return own[0]?.['comment'] === 'third';
    },
  },
} as const satisfies Record<string, Call>;

export type CallName = keyof typeof CALLS;
export const NAMES = Object.keys(CALLS) as CallName[];

/** What the calls need to find on a router. */
export async function prepare(device: SimulatedDevice): Promise<void> {
  const paths = ['/ip/route', '/ip/firewall/mangle'];
  const { router, ...opened } = openRouter({ ...device.target, paths, effect: 'write' });
  await router.add('/ip/route', { ...ROUTE, gateway: '10.20.0.1', comment: 'old' }, { key: ROUTE });
  for (const comment of RULES) {
    await router.add('/ip/firewall/mangle', { chain: 'prerouting', action: 'accept', comment }, { key: { comment } });
  }
  await opened.close();
}

async function rowsOf(device: SimulatedDevice, menu: string): Promise<Record<string, string>[]> {
  return (await device.menu(menu)) as Record<string, string>[];
}

function has(rows: readonly Record<string, string>[], field: string, value: string): boolean {
  return rows.some((row) => row[field] === value);
}
