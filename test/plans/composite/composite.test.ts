import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { inspectAll } from '../../../activities/device/steps.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { Step } from '../../../shared/domain/change.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { PLAN_KINDS } from '../../../shared/plans/index.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { apply, undo } from '../laws.ts';
import { configurationOf, menusThatDiffer } from '../router-state.ts';
import { pairsOfChanges, scenarioOf } from '../scenarios.ts';
import { composite, menusOfBoard, openFleet, routerWith, stepsFor } from './composite-router.ts';
import { dns, rule } from './parts.ts';

const SINGLE = PLAN_KINDS.filter(({ kind }) => kind !== 'composite');

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

test('keeps the laws for two changes of whatever kinds, or says why they are not one', async () => {
  const menus = await menusOfBoard();
  let carriedOut = 0;
  await fc.assert(
    fc.asyncProperty(pairsOfChanges, async (wish) => {
      const router = routerWith(menus);
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
  const router = routerWith(menus);
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

test('a part may need what an earlier one adds, not what a later one does', async () => {
  const router = routerWith(await menusOfBoard());
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
  const router = routerWith(await menusOfBoard());
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
  const router = routerWith(await menusOfBoard());
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
