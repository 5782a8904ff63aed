import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { dhcpService } from '../../shared/plans/dhcp-service.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

type Wish = Record<string, unknown>;
type Rows = readonly RouterRecord[];

interface Held {
  pools?: Rows;
  networks?: Rows;
  servers?: Rows;
  leases?: Rows;
  used?: Rows;
  profiles?: Rows;
}

const OPS = ['add', 'change', 'remove'];

const withIds = (rows: Rows): RouterRecord[] => rows.map((row, index) => ({ '.id': `*${index + 1}`, ...row }));

/** Managed under 10.0.1.1 on vlan1, by 10.0.1.5; ether1 is the way to the provider. */
function routerWith({ pools = [], networks = [], servers = [], leases = [], used = [], profiles = [] }: Held): Router {
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

const SITES = [1, 2, 3];
const rangesOf = (n: number): string[] => [`10.0.${n}.10-10.0.${n}.99`, `10.0.${n}.50-10.0.${n}.90`];
const comment = fc.constantFrom('', 'guests');

/** A network as it is built: its pool, what clients are told, and the server. */
const present = (n: number): fc.Arbitrary<Wish> =>
  fc.record({
    pool: fc.record(
      { name: fc.constant(`p${n}`), ranges: fc.subarray([...rangesOf(n)], { minLength: 1, maxLength: 1 }), comment },
      { requiredKeys: ['name', 'ranges'] },
    ),
    network: fc.record(
      {
        address: fc.constant(`10.0.${n}.0/24`),
        gateway: fc.constantFrom('', `10.0.${n}.1`, `10.0.${n}.2`),
        dnsServers: fc.constantFrom([], ['9.9.9.9', '1.1.1.1']),
        ntpServers: fc.constantFrom([], [`10.0.${n}.1`]),
        domain: fc.constantFrom('', 'lan.example'),
        nextServer: fc.constantFrom('', '10.0.9.9'),
        bootFileName: fc.constantFrom('', 'boot.img'),
        options: fc.constantFrom([], ['tftp']),
        comment,
      },
      { requiredKeys: ['address'] },
    ),
    server: fc.record(
      {
        name: fc.constant(`s${n}`),
        interface: fc.constant(`vlan${n}`),
        pool: fc.constantFrom(`p${n}`, 'static-only'),
        leaseTimeSeconds: fc.constantFrom(600, 3600),
        enabled: fc.boolean(),
        comment,
      },
      { requiredKeys: ['name', 'interface', 'pool'] },
    ),
  });

const absentOf = (n: number): Wish => ({
  pool: { name: `p${n}`, state: 'absent' },
  network: { address: `10.0.${n}.0/24`, state: 'absent' },
  server: { name: `s${n}`, state: 'absent' },
});

const wishes: fc.Arbitrary<Wish> = fc
  .subarray([...SITES], { minLength: 1 })
  .chain((sites) => fc.tuple(...sites.map((n) => fc.oneof(present(n), fc.constant(absentOf(n))))))
  .map((parts) => ({
    pools: parts.map(({ pool }) => pool),
    networks: parts.map(({ network }) => network),
    servers: parts.map(({ server }) => server),
  }));

const heldSites = fc.subarray([...SITES]).chain((sites) =>
  fc.tuple(
    ...sites.map((n) =>
      fc.record({
        pool: fc.constantFrom(
          { name: `p${n}`, ranges: `10.0.${n}.20-10.0.${n}.30`, comment: 'by hand' },
          { name: `p${n}`, ranges: `10.0.${n}.10-10.0.${n}.49,10.0.${n}.50-10.0.${n}.99`, 'next-pool': 'none' },
        ),
        network: fc.constantFrom(
          { address: `10.0.${n}.0/24`, gateway: `10.0.${n}.1`, 'dns-server': '', 'ntp-server': '' },
          { address: `10.0.${n}.0/24`, gateway: '', 'dns-server': '8.8.8.8', domain: 'old.example', netmask: '24' },
        ),
        server: fc.constantFrom(
          { name: `s${n}`, interface: `vlan${n}`, 'address-pool': `p${n}`, 'lease-time': '10m', disabled: 'true' },
          { name: `s${n}`, interface: `vlan${n}`, 'address-pool': `p${n}`, 'lease-time': '1h', 'add-arp': 'true' },
        ),
      }),
    ),
  ),
);

/** What the plan is about, without what comes and goes by itself. */
async function configured(router: Router, input: Wish): Promise<Wish> {
  const { pools, networks, servers } = await capture(dhcpService, router, input);
  return JSON.parse(JSON.stringify({ pools, networks, servers }, withoutEmpty)) as Wish;
}

/** Routers print some fields that are not set as empty texts. */
function withoutEmpty(_key: string, value: unknown): unknown {
  return value === '' ? undefined : value;
}

async function checkLaws(router: Router, given: Wish): Promise<void> {
  const input = dhcpService.input.parse(given);
  expect(dhcpService.refuse?.(input)).toBeNull();
  const found = await configured(router, input);
  const steps = dhcpService.steps(await capture(dhcpService, router, input), input);
  const order = steps.map(({ op }) => OPS.indexOf(op));
  expect(order, 'additions come before changes, and these before removals').toEqual(
    order.toSorted((one, other) => one - other),
  );
  await apply(router, steps);
  const once = await configured(router, input);
  expect(
    dhcpService.steps(await capture(dhcpService, router, input), input),
    'the preview of the wanted state is empty',
  ).toEqual([]);
  await apply(router, steps);
  expect(await configured(router, input), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  // All rows are captured, so this says as well that nothing foreign was touched.
  expect(await configured(router, input), 'apply then undo restores').toEqual(found);
}

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  await fc.assert(
    fc.asyncProperty(heldSites, wishes, (sites, input) => {
      const held = {
        pools: sites.map(({ pool }) => pool),
        networks: sites.map(({ network }) => network),
        servers: sites.map(({ server }) => server),
      };
      return checkLaws(routerWith(held), input);
    }),
  );
});

test.each(['7.12.2', '7.20.8'])('keeps the laws on a simulated router with %s', async (version) => {
  const vlans = '/interface/vlan';
  const router = await openSimulatedRouter({ paths: [...dhcpService.paths, vlans] }, version);
  for (const n of SITES) {
    const key = { name: `vlan${n}` };
    await router.add(vlans, { ...key, interface: 'bridge', 'vlan-id': String(n) }, { key });
  }
  await router.add(
    '/ip/dhcp-server/option',
    { name: 'tftp', code: '66', value: "'10.0.9.9'" },
    { key: { name: 'tftp' } },
  );
  await fc.assert(
    fc.asyncProperty(wishes, wishes, async (before, input) => {
      const parsed = dhcpService.input.parse(before);
      await apply(router, dhcpService.steps(await capture(dhcpService, router, parsed), parsed));
      await checkLaws(router, input);
    }),
    { numRuns: 3 },
  );
});

const SITE: Held = {
  pools: [
    { name: 'p1', ranges: '10.0.1.10-10.0.1.99' },
    { name: 'p2', ranges: '10.0.2.10-10.0.2.99', 'next-pool': 'p3' },
    { name: 'p3', ranges: '10.0.3.10-10.0.3.99' },
  ],
  networks: [1, 2, 3].map((n) => ({ address: `10.0.${n}.0/24`, gateway: `10.0.${n}.1` })),
  servers: [{ name: 's1', interface: 'vlan1', 'address-pool': 'p1', 'lease-time': '30m', disabled: 'false' }],
};

async function stepsFor(held: Held, wish: Wish): Promise<Step[]> {
  const input = dhcpService.input.parse(wish);
  return dhcpService.steps(await capture(dhcpService, routerWith(held), input), input);
}

const told = (steps: readonly Step[]): string[] =>
  steps.map((step) => `${step.op} ${Object.values('key' in step ? (step.key ?? {}) : {}).join()}`);

test('a pool comes before the one that takes from it next, and goes after it', async () => {
  const pools = [
    { name: 'a', ranges: ['10.0.1.100-10.0.1.109'], nextPool: 'b' },
    { name: 'b', ranges: ['10.0.1.110-10.0.1.119'] },
    { name: 'p3', state: 'absent' },
    { name: 'p2', state: 'absent' },
  ];
  expect(told(await stepsFor(SITE, { pools }))).toEqual(['add b', 'add a', 'remove p2', 'remove p3']);
});

test('what is in use goes with what uses it: server, network, pool', async () => {
  const wish = {
    pools: [{ name: 'p1', state: 'absent' }],
    networks: [{ address: '10.0.1.0/24', state: 'absent' }],
    servers: [{ name: 's1', state: 'absent' }],
  };
  expect(told(await stepsFor(SITE, wish))).toEqual(['remove s1', 'remove 10.0.1.0/24', 'remove p1']);
});

test('an interface passes from a server that is disabled to another one', async () => {
  const held = { ...SITE, servers: [...SITE.servers!, { ...SITE.servers![0], name: 's2', disabled: 'true' }] };
  const servers = [
    { name: 's2', enabled: true },
    { name: 's1', enabled: false },
  ];
  expect(told(await stepsFor(held, { servers }))).toEqual(['change s1', 'change s2']);
});

test('ranges cut otherwise are the same, and a lease time in other words', async () => {
  const wish = {
    pools: [{ name: 'p1', ranges: ['10.0.1.50-10.0.1.99', '10.0.1.10-10.0.1.49'], nextPool: '' }],
    servers: [{ name: 's1', leaseTimeSeconds: 1800 }],
  };
  expect(await stepsFor(SITE, wish)).toEqual([]);
});

const lease = { 'mac-address': '02:00:00:00:00:01', address: '10.0.1.5', server: 's1', dynamic: 'false' };
const poolGone = { pools: [{ name: 'p1', state: 'absent' }] };
const serverGone = { servers: [{ name: 's1', state: 'absent' }] };
const networkGone = { networks: [{ address: '10.0.1.0/24', state: 'absent' }] };
const server = (name: string, on: string, pool = 'p2'): Wish => ({ servers: [{ name, interface: on, pool }] });
const pool = (...ranges: string[]): Wish => ({ pools: [{ name: 'new', ranges }] });

test.each<[Held, Wish, string, string]>([
  [
    {},
    pool('10.0.1.90-10.0.1.120'),
    'CONFLICT',
    'The pool new would have addresses of the pool p1; two clients could get the same one.',
  ],
  [
    {},
    pool('10.9.0.10-10.9.0.20'),
    'UNSAFE_OPERATION',
    'The pool new has addresses outside of every DHCP network; clients that got one would learn no gateway.',
  ],
  [
    {},
    pool('10.0.2.200-10.0.2.255'),
    'UNSAFE_OPERATION',
    'The pool new has the first or last address of 10.0.2.0/24, which no machine can have.',
  ],
  [
    {},
    pool('10.0.2.1-10.0.2.5'),
    'UNSAFE_OPERATION',
    'The pool new has 10.0.2.1, the gateway of 10.0.2.0/24; a client could get its address.',
  ],
  [
    {},
    { networks: [{ address: '10.0.1.0/24', gateway: '10.0.1.20' }] },
    'UNSAFE_OPERATION',
    'The pool p1 has 10.0.1.20, the gateway of 10.0.1.0/24; a client could get its address.',
  ],
  [
    {},
    { pools: [{ name: 'new' }] },
    'DEVICE_ENTRY_MISSING',
    'The router has no pool new, and to add it the plan must give ranges.',
  ],
  [{}, { pools: [{ name: 'p1', nextPool: 'gone' }] }, 'DEVICE_REFERENCE_MISSING', 'The router has no pool "gone".'],
  [
    {},
    { servers: [{ name: 's9', interface: 'vlan2' }] },
    'DEVICE_ENTRY_MISSING',
    'The router has no DHCP server s9, and to add it the plan must give pool.',
  ],
  [
    {},
    { networks: [{ address: '10.0.1.0/24', options: ['wpad'] }] },
    'DEVICE_REFERENCE_MISSING',
    'The router has no DHCP option "wpad".',
  ],
  [{}, server('s2', 'sfp9'), 'DEVICE_REFERENCE_MISSING', 'The router has no interface "sfp9".'],
  [{}, server('s2', 'vlan2', 'gone'), 'DEVICE_REFERENCE_MISSING', 'The router has no pool "gone".'],
  [
    {},
    server('s2', 'ether2'),
    'UNSAFE_OPERATION',
    'The interface "ether2" is a port of a bridge or bond, on which a DHCP server cannot run.',
  ],
  [
    {},
    server('s2', 'ether1'),
    'UNSAFE_OPERATION',
    'The interface "ether1" gets its own address by DHCP; a server there would answer the machines of that network.',
  ],
  [
    {},
    server('s2', '<ppp>'),
    'UNSAFE_OPERATION',
    'The router made the interface "<ppp>" itself and may take it away; it gets no DHCP server.',
  ],
  [{}, server('s2', 'vlan1'), 'CONFLICT', 'The interface "vlan1" has the DHCP server s1; s2 cannot serve it as well.'],
  [
    {},
    { servers: [...(server('s2', 'vlan1')['servers'] as Wish[]), ...serverGone.servers] },
    'CONFLICT',
    'The interface "vlan1" has the DHCP server s1; s2 cannot serve it as well.',
  ],
  [{}, poolGone, 'UNSAFE_OPERATION', 'The pool p1 is in use by the DHCP server s1.'],
  [{}, { pools: [{ name: 'p3', state: 'absent' }] }, 'UNSAFE_OPERATION', 'The pool p3 is in use by the pool p2.'],
  [
    { servers: [], profiles: [{ name: 'dial-in', 'remote-address': 'p1' }] },
    poolGone,
    'UNSAFE_OPERATION',
    'The pool p1 is in use by the PPP profile dial-in.',
  ],
  [
    { servers: [], used: [{ pool: 'p1', owner: 'hotspot' }] },
    poolGone,
    'UNSAFE_OPERATION',
    'The pool p1 is in use by clients of hotspot.',
  ],
  [
    { servers: [], leases: [{ ...lease, address: 'p1' }] },
    poolGone,
    'UNSAFE_OPERATION',
    'The pool p1 is in use by the static lease of 02:00:00:00:00:01.',
  ],
  [
    {},
    networkGone,
    'UNSAFE_OPERATION',
    'The DHCP network 10.0.1.0/24 still has the pool p1, which the server s1 gives out.',
  ],
  [
    { servers: [], leases: [lease] },
    networkGone,
    'UNSAFE_OPERATION',
    'The DHCP network 10.0.1.0/24 still has the static lease of 02:00:00:00:00:01.',
  ],
  [
    { leases: [lease] },
    serverGone,
    'UNSAFE_OPERATION',
    'The DHCP server s1 has the static lease of 02:00:00:00:00:01.',
  ],
  [
    { servers: [{ ...SITE.servers![0], 'lease-script': ':log info x' }] },
    serverGone,
    'UNSAFE_OPERATION',
    'The DHCP server s1 runs a script, which may hold secrets and could not be put back.',
  ],
  [
    { servers: [{ ...SITE.servers![0], dynamic: 'true' }] },
    serverGone,
    'UNSAFE_OPERATION',
    'The router made the DHCP server s1 itself, so it cannot be changed.',
  ],
])('with %j, %j is %s: %s', async (held, wish, code, message) => {
  await expect(stepsFor({ ...SITE, ...held }, wish)).rejects.toMatchObject({ code, message });
});

test('a wider network around it keeps a pool when the narrower one goes', async () => {
  const held = { ...SITE, networks: [...SITE.networks!, { address: '10.0.0.0/16', gateway: '10.0.0.1' }] };
  expect(told(await stepsFor(held, networkGone))).toEqual(['remove 10.0.1.0/24']);
});

test.each<[Wish, string]>([
  [{}, 'give pools, networks or servers'],
  [{ pools: [{ name: 'a' }, { name: 'a' }] }, 'pools[1] is the same as pools[0]'],
  [{ networks: [{ address: '10.0.1.0/24' }, { address: '10.0.1.0/24' }] }, 'networks[1] is the same as networks[0]'],
  [{ servers: [{ name: 'a', comment: 'x', state: 'absent' }] }, 'servers[0] is removed and takes no comment'],
  [
    {
      pools: [
        { name: 'a', ranges: ['10.0.1.1-10.0.1.9'] },
        { name: 'b', ranges: ['10.0.1.20', '10.0.1.9-10.0.1.12'] },
      ],
    },
    'pools[1].ranges[1] has addresses of pools[0].ranges[0]',
  ],
  [
    {
      pools: [
        { name: 'a', nextPool: 'b' },
        { name: 'b', nextPool: 'a' },
      ],
    },
    'pools: a leads back to a by nextPool',
  ],
  [
    { networks: [{ address: '10.0.1.0/24', gateway: '10.0.2.1' }] },
    'networks[0].gateway: 10.0.2.1 is outside of 10.0.1.0/24',
  ],
  [
    { pools: [{ name: 'a', state: 'absent' }], servers: [{ name: 's', pool: 'a' }] },
    'servers[0].pool: a is removed by the same plan',
  ],
  [
    {
      pools: [
        { name: 'a', state: 'absent' },
        { name: 'b', nextPool: 'a' },
      ],
    },
    'pools[1].nextPool: a is removed by the same plan',
  ],
])('refuses %j', (wish, sentence) => {
  expect(dhcpService.refuse?.(dhcpService.input.parse(wish))).toBe(sentence);
});

test.each<[Wish, string]>([
  [{ pools: [{ name: 'a', ranges: ['10.0.1.0/24'] }] }, '"10.0.1.0/24" is not a range such as "192.0.2.10-192.0.2.99"'],
  [
    { pools: [{ name: 'a', ranges: ['10.0.1.9-10.0.1.1'] }] },
    '"10.0.1.9-10.0.1.1" is not a range such as "192.0.2.10-192.0.2.99"',
  ],
  [{ networks: [{ address: '10.0.1.1/24' }] }, '"10.0.1.1/24" has bits behind its prefix length; give the network'],
  [{ networks: [{ address: '0.0.0.0/0' }] }, '"0.0.0.0/0" is wider than /8; give the network of one interface'],
  [{ networks: [{ address: '10.0.1.0/24', dnsServers: ['dns.lan'] }] }, '"dns.lan" is not an IPv4 address'],
  [{ networks: [{ address: '10.0.1.0/24', domain: 'no domain' }] }, '"no domain" is not a domain name'],
  [{ servers: [{ name: 's', script: 'x' }] }, 'Unrecognized key: "script"'],
])('takes no %j', (wish, sentence) => {
  const parsed = dhcpService.input.safeParse(wish);
  expect(parsed.error?.issues.map(({ message }) => message)).toEqual([sentence]);
});

const MANAGED = { managed: { interfaces: ['vlan1'] } };

test.each<['lab' | 'prod', number, Wish, Wish, string, string[]]>([
  ['lab', 1, pool('10.0.1.100'), {}, 'medium', ['clients get other addresses or settings when they next ask']],
  ['prod', 1, pool('10.0.1.100'), {}, 'high', ['production devices are changed']],
  ['lab', 11, pool('10.0.1.100'), {}, 'high', ['11 devices are changed, more than 10']],
  [
    'lab',
    1,
    serverGone,
    { boundClients: [{ server: 's1', clients: 7 }] },
    'high',
    ['DHCP pools, networks or servers are removed', '7 clients hold leases of servers that are removed'],
  ],
  [
    'lab',
    1,
    { servers: [{ name: 's1', enabled: false }] },
    { managed: { interfaces: [] } },
    'high',
    ['servers are disabled: clients get no address'],
  ],
  [
    'lab',
    1,
    server('s9', 'vlan1', 'static-only'),
    MANAGED,
    'high',
    ['servers are on an interface by which devices are managed'],
  ],
  [
    'lab',
    1,
    server('s9', 'vlan2', 'static-only'),
    { managed: { interfaces: null } },
    'high',
    ['by which interface some routers are managed could not be told'],
  ],
])('in %s on %i devices, %j with %j is a %s risk', async (environment, deviceCount, wish, found, risk, reasons) => {
  const input = dhcpService.input.parse(wish);
  const captured = [{ ...(await capture(dhcpService, routerWith(SITE), input)), ...found }];
  expect(dhcpService.risk({ environment, deviceCount, captured }, input)).toEqual({ risk, reasons });
});

test('says when a server would give out nothing, since its interface is in another network', async () => {
  const input = dhcpService.input.parse(server('s4', 'vlan4'));
  const captured = [await capture(dhcpService, routerWith(SITE), input)];
  expect(dhcpService.risk({ environment: 'lab', deviceCount: 1, captured }, input).reasons).toEqual([
    'an interface of a server has no address in the network of its pool: until it has one, nobody gets an address',
  ]);
});
