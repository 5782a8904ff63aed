import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dhcpService } from '../../../shared/plans/dhcp-service.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { apply, capture, undo } from '../laws.ts';
import { openSimulatedRouter } from '../simulated-router.ts';
import { routerWith, SITE, stepsFor, told, type Wish } from './serving-router.ts';

const OPS = ['add', 'change', 'remove'];

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

test('a range of one address is that address, as routers print it', () => {
  const { pools } = dhcpService.input.parse({
    pools: [{ name: 'one', ranges: ['10.0.1.9-10.0.1.9', '10.0.1.20-10.0.1.21'] }],
  });
  expect(pools).toMatchObject([{ ranges: ['10.0.1.9', '10.0.1.20-10.0.1.21'] }]);
});
