import fc from 'fast-check';
import { PLAN_KINDS } from '../../shared/plans/index.ts';
import { bridgeVlans, dhcpLeases, dhcpService, wireless } from './lan-scenarios.ts';
import type { Scenario, Wish } from './scenario.ts';

const comment = fc.constantFrom('', 'first', 'second');
const servers = (...addresses: string[]) => fc.shuffledSubarray(addresses, { minLength: 1 });

const dnsNtp: Scenario = {
  wish: { dnsServers: ['9.9.9.9', '149.112.112.112'], ntpServers: ['time.example.net'] },
  menus: ['/ip/dns', '/system/ntp/client/servers'],
  rows: [
    { menu: '/ip/dns', holds: { servers: '9.9.9.9,149.112.112.112' } },
    { menu: '/system/ntp/client', holds: { servers: 'time.example.net', enabled: 'true' } },
  ],
  wishes: fc
    .record(
      { dnsServers: servers('9.9.9.9', '1.1.1.1', '8.8.8.8'), ntpServers: servers('time.example.net', '192.0.2.123') },
      { requiredKeys: [] },
    )
    .filter((wish) => Object.keys(wish).length > 0),
};

const addressListSync: Scenario = {
  wish: {
    list: 'blocked',
    entries: [{ address: '192.0.2.7', comment: 'scans' }, { address: '2001:db8:bad::/48' }],
    mode: 'exact',
  },
  menus: ['/ip/firewall/address-list', '/ipv6/firewall/address-list'],
  rows: [
    { menu: '/ip/firewall/address-list', holds: { list: 'blocked', address: '192.0.2.7', comment: 'scans' } },
    { menu: '/ipv6/firewall/address-list', holds: { list: 'blocked', address: '2001:db8:bad::/48' } },
  ],
  wishes: fc
    .record({
      list: fc.constantFrom('blocked', 'partners'),
      addresses: servers('192.0.2.7', '192.0.2.8', '198.51.100.0/24', '2001:db8:bad::/48', 'host.example.net'),
      mode: fc.constantFrom('exact', 'add_only', 'remove_only'),
      comment,
    })
    .map(({ list, addresses, mode, comment: text }) => ({
      list,
      mode,
      entries: addresses.map((address) => (mode === 'remove_only' ? { address } : { address, comment: text })),
    })),
};

const staticRoutes: Scenario = {
  wish: { routes: [{ destination: '198.51.100.0/24', gateway: '192.168.88.254', distance: 10, comment: 'branch' }] },
  menus: ['/ip/route'],
  rows: [{ menu: '/ip/route', holds: { 'dst-address': '198.51.100.0/24', gateway: '192.168.88.254', distance: '10' } }],
  wishes: fc
    .uniqueArray(
      fc.record({
        destination: fc.constantFrom('198.51.100.0/24', '203.0.113.0/25', '192.0.2.64/26'),
        gateway: fc.constantFrom('192.168.88.254', 'bridge'),
        distance: fc.integer({ min: 1, max: 200 }),
        comment,
      }),
      { minLength: 1, maxLength: 4, selector: ({ destination, gateway }) => `${destination} ${gateway}` },
    )
    .map((routes) => ({ routes })),
};

const interfaceSettings: Scenario = {
  wish: { interfaces: [{ name: 'bridge', comment: 'the LAN' }] },
  menus: ['/interface'],
  rows: [{ menu: '/interface', holds: { name: 'bridge', comment: 'the LAN' } }],
  wishes: fc
    .uniqueArray(fc.record({ name: fc.constantFrom('ether1', 'bridge'), comment }), {
      minLength: 1,
      maxLength: 2,
      selector: ({ name }) => name,
    })
    .map((interfaces) => ({ interfaces })),
};

const ipAddresses: Scenario = {
  wish: { addresses: [{ address: '198.51.100.1/24', interface: 'bridge', comment: 'guests' }] },
  menus: ['/ip/address'],
  rows: [{ menu: '/ip/address', holds: { address: '198.51.100.1/24', interface: 'bridge', comment: 'guests' } }],
  wishes: fc
    .record({
      addresses: servers('198.51.100.1/24', '203.0.113.1/25', '192.0.2.1/32'),
      interface: fc.constantFrom('bridge', 'lo'),
      comment,
    })
    .map(({ addresses, interface: name, comment: text }) => ({
      addresses: addresses.map((address) => ({ address, interface: name, comment: text })),
    })),
};

const accept = (ruleId: string, dstPort: string) => ({
  op: 'add',
  chain: 'input',
  ruleId,
  rule: { action: 'accept', protocol: 'udp', dstPort, srcAddress: '10.0.0.0/8', comment: `of ${ruleId}` },
});

const firewallFilter: Scenario = {
  wish: { changes: [{ ...accept('allow-ntp', '123'), place: 'top' }] },
  menus: ['/ip/firewall/filter'],
  rows: [
    {
      menu: '/ip/firewall/filter',
      holds: { chain: 'input', 'dst-port': '123', comment: 'convoy:allow-ntp of allow-ntp' },
    },
  ],
  wishes: fc
    .uniqueArray(fc.tuple(fc.constantFrom('123', '161', '514'), fc.constantFrom('top', 'bottom')), {
      minLength: 1,
      maxLength: 3,
      selector: ([port]) => port,
    })
    // Of several at the top or at the bottom only one can have its place.
    .map((rules) => ({
      changes: rules
        .filter(([, place], index) => rules.findIndex(([, other]) => other === place) === index)
        .map(([port, place]) => ({ ...accept(`allow-${port}`, port), place })),
    })),
};

const identity: Scenario = {
  wish: { template: 'site-{name}' },
  menus: ['/system/identity'],
  rows: [{ menu: '/system/identity', holds: {} }],
  wishes: fc.constantFrom('{name}', 'site-{name}', '{name}.example.net').map((template) => ({ template })),
};

const dnsStatic: Scenario = {
  wish: { records: [{ name: 'files.lan', type: 'A', value: '192.0.2.10', comment: 'file server' }] },
  menus: ['/ip/dns/static'],
  rows: [{ menu: '/ip/dns/static', holds: { name: 'files.lan', address: '192.0.2.10', comment: 'file server' } }],
  wishes: fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom('files.lan', 'mail.lan', 'www.lan', 'router.lan'),
        value: fc.constantFrom('192.0.2.10', '192.0.2.11', '192.168.88.1'),
        comment,
        state: fc.constantFrom('present', 'absent'),
      }),
      { minLength: 1, maxLength: 4, selector: ({ name }) => name },
    )
    .map((records) => ({
      records: records.map(({ comment: text, ...record }) => ({
        type: 'A',
        ...record,
        ...(record.state === 'absent' ? {} : { comment: text }),
      })),
    })),
};

const logging: Scenario = {
  wish: {
    actions: [{ name: 'central', target: 'remote', remote: '10.20.0.5', facility: 'local0' }],
    rules: [{ topics: ['error'], action: 'central' }],
  },
  menus: ['/system/logging', '/system/logging/action'],
  rows: [
    { menu: '/system/logging/action', holds: { name: 'central', target: 'remote', remote: '10.20.0.5' } },
    { menu: '/system/logging', holds: { topics: 'error', action: 'central' } },
  ],
  wishes: fc
    .record({ topic: fc.constantFrom('error', 'critical', 'account'), prefix: comment, remote: fc.constantFrom(5, 6) })
    .map(({ topic, prefix, remote }) => ({
      actions: [{ name: 'central', target: 'remote', remote: `10.20.0.${remote}` }],
      rules: [{ topics: [topic], action: 'central', prefix }],
    })),
};

const snmp: Scenario = {
  wish: { contact: 'noc@example.net', location: 'rack 3' },
  menus: ['/snmp'],
  rows: [{ menu: '/snmp', holds: { contact: 'noc@example.net', location: 'rack 3' } }],
  wishes: fc.record({ contact: fc.constantFrom('', 'noc'), location: comment, enabled: fc.boolean() }),
};

/** Of the kinds that change one thing. */
const SINGLE: Readonly<Record<string, Scenario>> = {
  dns_ntp: dnsNtp,
  address_list_sync: addressListSync,
  static_routes: staticRoutes,
  interface_settings: interfaceSettings,
  ip_addresses: ipAddresses,
  firewall_filter: firewallFilter,
  identity,
  dns_static: dnsStatic,
  dhcp_service: dhcpService,
  dhcp_leases: dhcpLeases,
  logging,
  snmp,
  bridge_vlans: bridgeVlans,
  wireless,
};

const names = PLAN_KINDS.map(({ kind }) => kind).filter((kind) => kind in SINGLE);

/** Two changes of different kinds, and now and then two of the same. */
export const pairsOfChanges: fc.Arbitrary<Wish> = fc
  .tuple(fc.constantFrom(...names), fc.constantFrom(...names))
  .chain((kinds) =>
    fc
      .tuple(...kinds.map((kind) => SINGLE[kind]!.wishes.map((input) => ({ kind, input }))))
      .map((changes) => ({ changes })),
  );

const together = ['ip_addresses', 'address_list_sync', 'firewall_filter', 'dns_ntp'] as const;

const composite: Scenario = {
  wish: { changes: together.map((kind) => ({ kind, input: SINGLE[kind]!.wish })) },
  menus: together.flatMap((kind) => SINGLE[kind]!.menus),
  rows: together.flatMap((kind) => SINGLE[kind]!.rows),
  wishes: pairsOfChanges,
};

/** One of every plan kind. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = { ...SINGLE, composite };

export function scenarioOf(kind: string): Scenario {
  const found = SCENARIOS[kind];
  if (found === undefined) throw new Error(`test/plans/scenarios.ts has none for ${kind}`);
  return found;
}

/** A kind with one of its wishes, at random. */
export const anyPlan: fc.Arbitrary<{ kind: string; wish: Wish }> = fc
  .constantFrom(...PLAN_KINDS.map(({ kind }) => kind))
  .chain((kind) => scenarioOf(kind).wishes.map((wish) => ({ kind, wish })));
