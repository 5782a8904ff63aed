import type { Item, RouterView, Values } from '../../engine/definition.ts';
import { isRunning } from '../interface/running.ts';
import { managementAddress } from '../../network/management-link.ts';

/** The connections of the managers themselves, and those of the machines in the LAN. */
export function trackedConnections(router: RouterView): Item[] {
  if (router.singleton('/ip/firewall/connection/tracking')['enabled'] === 'no') return [];
  const forgotten = FORGOTTEN.get(router);
  return [...managers(router), ...lanMachines(router)].filter(({ id }) => !forgotten?.has(id));
}

/** Drops a connection from the table; a machine of the LAN does not take it up again. */
export function forgetConnection(router: RouterView, id: string): void {
  const known = FORGOTTEN.get(router) ?? new Set();
  FORGOTTEN.set(router, known.add(id));
}

const FORGOTTEN = new WeakMap<RouterView, Set<string>>();

function managers(router: RouterView): Item[] {
  return router.connections.list().map((open) =>
    row(FIRST_MANAGER_ID + open.id, {
      protocol: 'tcp',
      'src-address': `${open.source}:${open.sourcePort}`,
      'dst-address': `${open.destination}:${open.destinationPort}`,
      'reply-src-address': `${open.destination}:${open.destinationPort}`,
      'reply-dst-address': `${open.source}:${open.sourcePort}`,
      'orig-bytes': String(open.received.bytes),
      'orig-packets': String(open.received.packets),
      'repl-bytes': String(open.sent.bytes),
      'repl-packets': String(open.sent.packets),
      'tcp-state': 'established',
      timeout: '23h59m59s',
    }),
  );
}

/** Each machine of the LAN keeps a connection open and asks for names; all of it leaves by the uplink. */
function lanMachines(router: RouterView): Item[] {
  const lan = router.items('/interface').find(({ values }) => values['type'] === 'bridge');
  if (!lan || !isRunning(lan, router)) return [];
  const seconds = Math.floor(router.clock.uptimeMs() / 1000);
  const outside = managementAddress(router);
  return Array.from({ length: 3 + (router.index % 5) }, (_, machine) => {
    const client = `192.168.88.${20 + machine}:${49_200 + ((router.index * 37 + machine * 211) % 16_000)}`;
    const server = `142.250.${10 + machine}.${100 + machine}:443`;
    const packets = 12 + Math.floor(seconds / (2 + machine));
    return row(FIRST_LAN_ID + machine, {
      protocol: machine % 3 === 2 ? 'udp' : 'tcp',
      'src-address': client,
      'dst-address': server,
      'reply-src-address': server,
      'reply-dst-address': `${outside}:${client.split(':')[1]}`,
      srcnat: 'true',
      fasttrack: 'true',
      'orig-bytes': String(packets * 180),
      'orig-packets': String(packets),
      'repl-bytes': String(packets * 910),
      'repl-packets': String(packets),
      ...(machine % 3 === 2 ? {} : { 'tcp-state': 'established' }),
      timeout: machine % 3 === 2 ? '2m59s' : '23h59m58s',
    });
  });
}

const FIRST_LAN_ID = 0x11;
const FIRST_MANAGER_ID = 0x100;

function row(number: number, values: Values): Item {
  return {
    id: `*${number.toString(16).toUpperCase()}`,
    dynamic: true,
    values: {
      assured: 'true',
      confirmed: 'true',
      dstnat: 'false',
      dying: 'false',
      expected: 'false',
      fasttrack: 'false',
      'hw-offload': 'false',
      'orig-rate': '0',
      'repl-rate': '0',
      'seen-reply': 'true',
      srcnat: 'false',
      ...values,
    },
    internal: {},
  };
}
