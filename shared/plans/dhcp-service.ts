import type { Risk } from '../domain/plan.ts';
import { INTERFACE } from '../operations/interface/configured-interface.ts';
import { isRangeWithin, parseRanges } from '../routeros/ipv4-ranges.ts';
import { MANAGEMENT_MENUS } from '../routeros/management-path.ts';
import { parsePrefix } from '../routeros/prefixes.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { refuseUnsafeService } from './dhcp/service-rules.ts';
import {
  absent,
  ADDRESS,
  captureService,
  DHCP_CLIENT,
  DhcpServiceState,
  LEASE,
  NETWORK,
  OPTION,
  POOL,
  POOL_USED,
  PPP_PROFILE,
  SERVER,
} from './dhcp/service-state.ts';
import { serviceSteps } from './dhcp/service-steps.ts';
import { DhcpServiceInput, refuseService } from './dhcp/service-wish.ts';
import { fleetReasons } from './fleet-risk.ts';

export const dhcpService = definePlan({
  kind: 'dhcp_service',
  title: 'DHCP pools, networks and servers',
  summary:
    'Proposes IPv4 address pools, DHCP networks and DHCP servers to add, change or remove. Refuses overlaps and what is in use.',
  phase: 3,
  flag: 'allowDhcpWrites',
  paths: [
    ...new Set([
      POOL,
      POOL_USED,
      NETWORK,
      SERVER,
      LEASE,
      OPTION,
      INTERFACE,
      ADDRESS,
      DHCP_CLIENT,
      PPP_PROFILE,
      ...MANAGEMENT_MENUS,
    ]),
  ],
  input: DhcpServiceInput,
  refuse: refuseService,
  current: DhcpServiceState,
  capture: (router, { input }) => captureService(router, input),
  steps: (current, input) => {
    const steps = serviceSteps(current, input);
    refuseUnsafeService(current, steps, input);
    return steps;
  },
  risk: assessRisk,
  example: {
    pools: [{ name: 'guests', ranges: ['198.51.100.10-198.51.100.99'] }],
    networks: [{ address: '198.51.100.0/24', gateway: '198.51.100.1', dnsServers: ['198.51.100.1'] }],
    servers: [{ name: 'guests', interface: 'vlan20', pool: 'guests', leaseTimeSeconds: 3600 }],
  },
});

function assessRisk(facts: RiskFacts<DhcpServiceState>, input: DhcpServiceInput): { risk: Risk; reasons: string[] } {
  const captured = facts.captured ?? [];
  const names = absent(input.servers);
  const clients = captured
    .flatMap(({ boundClients }) => boundClients)
    .reduce((sum, { server, clients: bound }) => sum + (names.has(server) ? bound : 0), 0);
  const isRemoved = [...input.pools, ...input.networks, ...input.servers].some(({ state }) => state === 'absent');
  const reasons = [
    ...fleetReasons(facts),
    ...(isRemoved ? ['DHCP pools, networks or servers are removed'] : []),
    ...(clients > 0 ? [`${clients} clients hold leases of servers that are removed`] : []),
    ...(input.servers.some(({ enabled }) => enabled === false) ? ['servers are disabled: clients get no address'] : []),
    ...(captured.some((current) => isOnManagement(current, input))
      ? ['servers are on an interface by which devices are managed']
      : []),
    ...(captured.some(({ managed }) => managed?.interfaces === null)
      ? ['by which interface some routers are managed could not be told']
      : []),
  ];
  // A warning: in a plan of several changes another one may add the address.
  const told = captured.some((current) => lacksAddress(current, input))
    ? ['until the interface of a server has an address in the network of its pool, nobody gets one']
    : [];
  if (reasons.length > 0) return { risk: 'high', reasons: [...reasons, ...told] };
  return { risk: 'medium', reasons: ['clients get other addresses or settings when they next ask', ...told] };
}

function isOnManagement({ managed, servers }: DhcpServiceState, input: DhcpServiceInput): boolean {
  const names = input.servers
    .filter(({ state }) => state === 'present')
    .map((wish) => wish.interface ?? servers.find(({ row }) => row['name'] === wish.name)?.row['interface']);
  return names.some((name) => name !== undefined && managed?.interfaces?.includes(name) === true);
}

/** Of servers that get their pool or interface by the plan and serve no relay. */
function lacksAddress({ interfaces, servers, pools }: DhcpServiceState, input: DhcpServiceInput): boolean {
  return input.servers.some((wish) => {
    if (wish.state === 'absent' || (wish.pool === undefined && wish.interface === undefined)) return false;
    const row = servers.find((one) => one.row['name'] === wish.name)?.row;
    if (row?.['relay'] !== undefined && row['relay'] !== '0.0.0.0') return false;
    const carrier = interfaces.find(({ name }) => name === (wish.interface ?? row?.['interface']));
    const pool = wish.pool ?? row?.['address-pool'];
    const ranges =
      input.pools.find(({ name }) => name === pool)?.ranges?.join(',') ??
      pools.find(({ name }) => name === pool)?.['ranges'];
    if (carrier === undefined || ranges === undefined) return false;
    const networks = carrier.addresses.flatMap((address) => parsePrefix(address) ?? []);
    return !(parseRanges(ranges) ?? []).some((range) => networks.some((network) => isRangeWithin(range, network)));
  });
}
