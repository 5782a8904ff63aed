import type { CommandDefinition, Row, RouterView } from '../../engine/definition.ts';
import { isBound, refreshLeases } from '../../network/lan-leases.ts';
import { actualInterface } from '../../network/links.ts';
import { containsAddress, parseIpv4, parsePrefix } from '../../values/ip-address.ts';
import { MONITOR_PARAMETERS, monitor } from '../monitor.ts';
import { namedInterface } from '../interface/named-items.ts';
import { trafficOf } from '../interface/traffic.ts';

/** `/tool/torch`: who talks to whom over an interface. The first second passes before there is anything to show. */
export const torch: CommandDefinition = {
  policy: 'test',
  parameters: [
    'cpu',
    'dscp',
    'dst-address',
    'dst-address6',
    'interface',
    'ip-protocol',
    'mac-protocol',
    'port',
    'src-address',
    'src-address6',
    'vlan-id',
    ...MONITOR_PARAMETERS.filter((name) => !['once', 'interval', 'append', 'do', 'file'].includes(name)),
  ],
  run: (args, router, _caller, signal) => {
    const port = namedInterface(args, '/interface', router);
    const reply = monitor(args, router, signal, (section) => (section === 0 ? [] : flows(port.id, args, router)));
    return reply;
  },
};

/** A destination that local machines talk to. */
const REMOTE = { address: '203.0.113.80', port: '443' } as const;

/** One row for every flow when addresses are asked for, else one with the total. */
function flows(port: string, args: ReadonlyMap<string, string>, router: RouterView): Row[] {
  const item = router.items('/interface').find(({ id }) => id === port);
  const traffic = item && trafficOf(item, router);
  if (!traffic || traffic.rxBytes === 0) return [];
  const figures = (share: number): Row => ({
    rx: String(Math.floor((traffic.rxBytes * 8) / share)),
    'rx-packets': String(Math.ceil(traffic.rxPackets / share)),
    tx: String(Math.floor((traffic.txBytes * 8) / share)),
    'tx-packets': String(Math.ceil(traffic.txPackets / share)),
  });
  if (args.get('src-address') === undefined && args.get('dst-address') === undefined) return [figures(1)];
  const machines = machinesAt(port, router).filter((address) => isIn(args.get('src-address'), address));
  if (!isIn(args.get('dst-address'), REMOTE.address)) return [];
  return machines.map((address) => ({
    ...(args.has('dst-address') ? { 'dst-address': REMOTE.address } : {}),
    ...(args.has('port') ? { 'dst-port': REMOTE.port } : {}),
    ...(args.has('ip-protocol') ? { 'ip-protocol': 'tcp' } : {}),
    ...(args.has('src-address') ? { 'src-address': address } : {}),
    ...figures(machines.length),
  }));
}

function machinesAt(port: string, router: RouterView): string[] {
  refreshLeases(router);
  const servers = router
    .items('/ip/dhcp-server')
    .filter(({ values }) => actualInterface(router, values['interface'] ?? '') === actualInterface(router, port))
    .map(({ id }) => Number.parseInt(id.slice(1), 16));
  return router
    .items('/ip/dhcp-server/lease')
    .filter((lease) => isBound(lease, router) && servers.includes(lease.internal['server'] ?? -1))
    .flatMap(({ values }) => values['address'] ?? []);
}

function isIn(prefixText: string | undefined, address: string): boolean {
  const prefix = prefixText === undefined ? undefined : parsePrefix(prefixText);
  return !prefix || containsAddress(prefix, parseIpv4(address) ?? 0);
}
