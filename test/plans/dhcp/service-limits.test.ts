import { expect, test } from 'vitest';
import { dhcpService } from '../../../shared/plans/dhcp-service.ts';
import { capture } from '../laws.ts';
import { routerWith, SITE, stepsFor, told, type Held, type Wish } from './serving-router.ts';

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

test.each<[string, string, string[]]>([
  ['vlan2', 'p2', []],
  ['vlan4', 'p2', ['until the interface of a server has an address in the network of its pool, nobody gets one']],
])('a server on %s with the pool %s is warned of with %j', async (on, name, warnings) => {
  const input = dhcpService.input.parse(server('s4', on, name));
  const captured = [await capture(dhcpService, routerWith(SITE), input)];
  expect(dhcpService.risk({ environment: 'lab', deviceCount: 1, captured }, input)).toEqual({
    risk: 'medium',
    reasons: ['clients get other addresses or settings when they next ask', ...warnings],
  });
});
