import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { inspectAll } from '../../activities/device/steps.ts';
import { openRouter } from '../../activities/routeros/open-router.ts';
import type { Step } from '../../shared/domain/change.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { findPlanKind, PLAN_KINDS } from '../../shared/plans/index.ts';
import { flagsOf, kindNamesOf, pathsOf } from '../../shared/plans/plan-parts.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { startFleet, type Fleet } from '../../simulator/fleet.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { configurationOf, menusThatDiffer } from './router-state.ts';
import { pairsOfChanges, scenarioOf } from './scenarios.ts';

const composite = findPlanKind('composite')!;
const SINGLE = PLAN_KINDS.filter(({ kind }) => kind !== 'composite');

type Changes = { changes: { kind: string; input: Record<string, unknown> }[] };

/** What to write, or why nothing. */
async function stepsFor(router: Router, wish: Record<string, unknown>): Promise<Step[] | AppError> {
  const input = composite.input.parse(wish);
  const sentence = composite.refuse?.(input) ?? null;
  if (sentence !== null) return new AppError('VALIDATION_ERROR', { message: sentence });
  try {
    return composite.steps(await capture(composite, router, input), input);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** The laws that can be told by the port alone. */
async function checkLaws(router: Router, wish: Record<string, unknown>, steps: Step[]): Promise<void> {
  const removed = steps.findIndex(({ op }) => op === 'remove');
  const added = steps.findLastIndex(({ op }) => op === 'add');
  if (removed !== -1) expect(added, 'additions come before removals over the whole').toBeLessThan(removed);
  const sides = async (): Promise<Set<string>> => new Set((await inspectAll(router, steps)).map((state) => state.is));
  expect(await sides(), 'every step finds what it expects before any is written').toEqual(
    new Set(steps.length > 0 ? ['before'] : []),
  );
  await apply(router, steps);
  expect(await sides(), 'every step is in place').toEqual(new Set(steps.length > 0 ? ['after'] : []));
  expect(await stepsFor(router, wish), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  await undo(router, steps);
}

async function openFleet(): Promise<Fleet> {
  const fleet = await startFleet({ routers: 1, http: true, board: 'hap_ax2' });
  onTestFinished(() => fleet.stop());
  return fleet;
}

/** What a simulated router shows as it comes from its box, managed from 10.20.0.1. */
async function menusOfBoard(): Promise<Record<string, RouterRecord | readonly RouterRecord[]>> {
  const fleet = await openFleet();
  const state = fleet.routers[0]!.router.state() as Record<string, RouterRecord | readonly RouterRecord[]>;
  return { ...state, '/user/active': [{ '.id': '*1', address: '10.20.0.1', via: 'rest-api' }] };
}

/** What is set of a row, whatever order it was written in; what is off a router shows or not. */
function textOf(row: RouterRecord): string {
  const isShown = (field: string): boolean => field !== '.id' && row[field] !== undefined && row[field] !== 'false';
  return JSON.stringify(
    Object.keys(row)
      .filter(isShown)
      .toSorted()
      .map((field) => [field, row[field]]),
  );
}

/** Of a board with radios, for which there is a kind as well. */
const FACTS = { radios: '/interface/wifi' } as const;
const HOST = { host: '10.20.1.1' };

test('keeps the laws for two changes of whatever kinds, or says why they are not one', async () => {
  const menus = await menusOfBoard();
  let carriedOut = 0;
  await fc.assert(
    fc.asyncProperty(pairsOfChanges, async (wish) => {
      const router = cannedRouter(menus, FACTS, HOST);
      const shown = async () => {
        const touched = [...new Set(SINGLE.flatMap(({ paths }) => paths))].filter((menu) => Array.isArray(menus[menu]));
        const rows = await Promise.all(touched.map((menu) => router.list(menu)));
        return rows.map((list) => list.map(textOf));
      };
      const before = await shown();
      const steps = await stepsFor(router, wish);
      if (steps instanceof AppError) {
        expect(steps.message).toMatch(/^(changes\[\d\]|With changes)/);
        return;
      }
      carriedOut += 1;
      await checkLaws(router, wish, steps);
      expect(await shown(), 'apply then undo restores').toEqual(before);
    }),
    { numRuns: 40 },
  );
  expect(carriedOut).toBeGreaterThan(20);
});

test('every kind goes with every other one', async () => {
  const menus = await menusOfBoard();
  const router = cannedRouter(menus, FACTS, HOST);
  for (const [index, one] of SINGLE.entries()) {
    for (const other of SINGLE.slice(index + 1)) {
      const changes = [one, other].map(({ kind }) => ({ kind, input: scenarioOf(kind).wish }));
      const steps = await stepsFor(router, { changes });
      if (steps instanceof AppError) throw steps;
      expect(steps, `${one.kind} and ${other.kind}`).not.toEqual([]);
    }
  }
});

test('keeps the laws on a simulated router', async () => {
  const fleet = await openFleet();
  const { host, restPort, user: username, password } = fleet.devices[0]!;
  const { paths } = composite;
  const tls = { mode: 'plaintext' } as const;
  const { router, ...opened } = openRouter({ host, restPort, tls, username, password, paths, effect: 'write' });
  onTestFinished(() => opened.close());
  const simulated = fleet.routers[0]!.router;
  await fc.assert(
    fc.asyncProperty(pairsOfChanges, async (wish) => {
      const before = configurationOf(simulated);
      const steps = await stepsFor(router, wish);
      if (steps instanceof AppError) return;
      await checkLaws(router, wish, steps);
      expect(menusThatDiffer(before, configurationOf(simulated)), JSON.stringify(wish)).toEqual([]);
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

const dns = (...dnsServers: string[]) => ({ kind: 'dns_ntp', input: { dnsServers } });
const record = (more: Record<string, unknown>) => ({
  kind: 'dns_static',
  input: { records: [{ name: 'files.lan', type: 'A', ...more }] },
});
const listed = (address: string) => ({
  kind: 'address_list_sync',
  input: { list: 'blocked', mode: 'add_only', entries: [{ address }] },
});
const rule = (rules: Record<string, unknown>, place: unknown = 'top') => ({
  kind: 'firewall_filter',
  input: { changes: [{ op: 'add', chain: 'input', ruleId: 'ours', rule: rules, place }] },
});
const drop = rule({ action: 'drop', srcAddressList: 'blocked' });

test.each([
  [
    'one field twice',
    [dns('9.9.9.9'), dns('1.1.1.1')],
    'changes[0] (dns_ntp) and changes[1] (dns_ntp) are both about /ip/dns (servers)',
  ],
  [
    'one row twice',
    [record({ value: '192.0.2.1', comment: 'a' }), dns('9.9.9.9'), record({ value: '192.0.2.1', comment: 'b' })],
    'changes[0] (dns_static) and changes[2] (dns_static) are both about /ip/dns/static[name=files.lan',
  ],
  [
    'a row that another one removes',
    [
      { kind: 'dns_static', input: { records: [{ name: 'router.lan', type: 'A', value: '192.0.2.1' }] } },
      { kind: 'dns_static', input: { records: [{ name: 'router.lan', type: 'A', state: 'absent' }] } },
    ],
    'changes[0] (dns_static) and changes[1] (dns_static) are both about /ip/dns/static[name=router.lan',
  ],
  [
    'a list and a rule that are harmless each for itself',
    [listed('10.20.0.0/16'), drop],
    /^With changes\[[01]\] \([a-z_]+\) made, changes\[[01]\] \([a-z_]+\) is refused: .*(manage|refuse)/,
  ],
  [
    'the same in the other order',
    [drop, listed('10.20.0.0/16')],
    /^With changes\[[01]\] \([a-z_]+\) made, changes\[[01]\] \([a-z_]+\) is refused: .*(manage|refuse)/,
  ],
  [
    'two that want the same place',
    [
      rule({ action: 'accept', protocol: 'udp', dstPort: '123' }),
      {
        kind: 'firewall_filter',
        input: {
          changes: [
            {
              op: 'add',
              chain: 'input',
              ruleId: 'too',
              rule: { action: 'accept', protocol: 'udp', dstPort: '161' },
              place: 'top',
            },
          ],
        },
      },
    ],
    'changes[0] (firewall_filter) and changes[1] (firewall_filter) are both about /ip/firewall/filter[',
  ],
  [
    'what its own kind refuses',
    [
      dns('9.9.9.9'),
      { kind: 'ip_addresses', input: { addresses: [{ address: '198.51.100.1/24', interface: 'none' }] } },
    ],
    'changes[1] (ip_addresses): The router has no interface "none".',
  ],
])('refuses %s', async (_, changes, sentence) => {
  const refused = await stepsFor(cannedRouter(await menusOfBoard(), FACTS, HOST), { changes });
  expect(refused).toBeInstanceOf(AppError);
  const { message, hint } = refused as AppError;
  if (sentence instanceof RegExp) expect(message).toMatch(sentence);
  else expect(message.slice(0, sentence.length)).toBe(sentence);
  expect(hint).toBeTruthy();
});

test('a part may need what an earlier one adds, not what a later one does', async () => {
  const router = cannedRouter(await menusOfBoard(), FACTS, HOST);
  const admits = rule({ action: 'accept', protocol: 'tcp', dstPort: '80,443,22', srcAddress: '10.20.0.0/16' });
  const drops = {
    kind: 'firewall_filter',
    input: {
      changes: [
        {
          op: 'add',
          chain: 'input',
          ruleId: 'rest',
          rule: { action: 'drop', protocol: 'tcp', srcAddress: '10.0.0.0/8' },
          place: { after: { ruleId: 'ours' } },
        },
      ],
    },
  };
  const steps = await stepsFor(router, { changes: [admits, dns('9.9.9.9'), drops] });
  if (steps instanceof AppError) throw steps;
  expect(steps.map(({ op, menu }) => `${op} ${menu}`)).toEqual([
    'add /ip/firewall/filter',
    'add /ip/firewall/filter',
    'set /ip/dns',
  ]);
  await checkLaws(router, { changes: [admits, dns('9.9.9.9'), drops] }, steps);
  const reversed = await stepsFor(router, { changes: [drops, dns('9.9.9.9'), admits] });
  expect((reversed as AppError).message).toMatch(/^changes\[0\] \(firewall_filter\): /);
});

test('a network for guests is one change: its address, its pool and the name servers', async () => {
  const router = cannedRouter(await menusOfBoard(), FACTS, HOST);
  const changes = [
    { kind: 'ip_addresses', input: { addresses: [{ address: '198.51.100.1/24', interface: 'bridge' }] } },
    {
      kind: 'dhcp_service',
      input: {
        pools: [{ name: 'guests', ranges: ['198.51.100.10-198.51.100.99'] }],
        networks: [{ address: '198.51.100.0/24', gateway: '198.51.100.1' }],
      },
    },
    dns('9.9.9.9'),
  ];
  const steps = await stepsFor(router, { changes });
  if (steps instanceof AppError) throw steps;
  expect(steps.map(({ op, menu }) => `${op} ${menu}`)).toEqual([
    'add /ip/address',
    'add /ip/pool',
    'add /ip/dhcp-server/network',
    'set /ip/dns',
  ]);
  await checkLaws(router, { changes }, steps);
});

test('all that is added comes first, and all that is removed last, each change in its own order', async () => {
  const router = cannedRouter(await menusOfBoard(), FACTS, HOST);
  const swap = (list: string) => ({
    kind: 'address_list_sync',
    input: { list, mode: 'exact', entries: [{ address: '192.0.2.9' }] },
  });
  for (const list of ['blocked', 'partners']) {
    const key = { list, address: '192.0.2.1' };
    await router.add('/ip/firewall/address-list', { ...key, disabled: 'false' }, { key });
  }
  const steps = await stepsFor(router, { changes: [swap('blocked'), dns('9.9.9.9'), swap('partners')] });
  if (steps instanceof AppError) throw steps;
  expect(steps.map(({ op }) => op)).toEqual(['add', 'add', 'set', 'remove', 'remove']);
  expect(steps.flatMap((step) => (step.op === 'set' ? [] : [step.key['list']]))).toEqual([
    'blocked',
    'partners',
    'blocked',
    'partners',
  ]);
});

test('is as risky as its riskiest part, for the reasons of all', () => {
  const riskOf = (changes: Changes['changes'], facts: { environment: 'lab' | 'prod'; deviceCount: number }) =>
    composite.risk(facts, composite.input.parse({ changes }));
  const lab = { environment: 'lab', deviceCount: 1 } as const;
  const clocks = { kind: 'dns_ntp', input: { ntpServers: ['pool.ntp.org'] } };
  const names = { kind: 'identity', input: { template: '{name}' } };
  expect(riskOf([clocks, names], lab).risk).toBe('low');
  expect(riskOf([clocks, dns('9.9.9.9')], lab).risk).toBe('medium');
  const high = riskOf([clocks, drop], lab);
  expect(high.risk).toBe('high');
  expect(high.reasons).toEqual([
    'only the clocks of lab devices depend on it',
    'chain input decides who reaches the devices themselves, management included',
  ]);
  const prod = riskOf([clocks, names], { environment: 'prod', deviceCount: 1 });
  expect(prod).toEqual({ risk: 'high', reasons: ['production devices are changed'] });
});

test('needs the flags, and reads the menus, of its parts and of no other kind', () => {
  const plain = composite.input.parse({ changes: [dns('9.9.9.9'), record({ value: '192.0.2.1' })] });
  expect(flagsOf(composite, plain)).toEqual([]);
  expect(pathsOf(composite, plain).toSorted()).toEqual(['/ip/dns', '/ip/dns/static', '/system/ntp/client']);
  const more = composite.input.parse({ changes: [dns('9.9.9.9'), drop] });
  expect(flagsOf(composite, more)).toEqual(['allowFirewallWrites']);
  expect(kindNamesOf({ kind: 'composite', input: more })).toEqual(['composite', 'dns_ntp', 'firewall_filter']);
  expect(kindNamesOf({ kind: 'dns_ntp', input: {} })).toEqual(['dns_ntp']);
});

test.each([
  ['the same change twice', [dns('9.9.9.9'), dns('9.9.9.9')], 'changes[1] is the same as changes[0]'],
  [
    'what its own kind refuses',
    [dns('9.9.9.9'), { kind: 'dns_ntp', input: {} }],
    'changes[1].input: give dnsServers, ntpServers or both',
  ],
])('refuses %s before any device is read', (_, changes, sentence) => {
  expect(composite.refuse?.(composite.input.parse({ changes }))).toBe(sentence);
});

test('what one kind refuses of all devices together is refused with the place of the part', async () => {
  const input = composite.input.parse({ changes: [dns('9.9.9.9'), { kind: 'identity', input: { template: 'core' } }] });
  const menus = await menusOfBoard();
  const devices = await Promise.all(
    ['a', 'b'].map(async (name) => ({
      name,
      current: await capture(composite, cannedRouter(menus, FACTS, HOST), input, {
        name,
        tags: [],
        environment: 'lab',
      }),
    })),
  );
  expect(composite.refuseTogether?.(devices, input)).toBe(
    'changes[1].input: template: a and b would both be called "core"',
  );
});
