import { expect, test } from 'vitest';
import { composePlan } from '../../../activities/fleet/compose-plan.ts';
import type { PreparedPlan } from '../../../shared/contract/plan-messages.ts';
import { DEFAULT_POLICY } from '../../../shared/domain/policy/policy.ts';
import type { Database } from '../../../shared/platform/persistence/database.ts';
import type { NewPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { openTestDatabase } from '../../shared/platform/persistence/open-test-database.ts';
import { registered } from '../../shared/platform/persistence/prepared-plan.ts';
import { samplePlan } from '../../shared/platform/persistence/sample-plan.ts';

interface Wish {
  kind: string;
  input: Record<string, unknown>;
  /** What was captured, by the name of the device. */
  captured: Readonly<Record<string, Record<string, unknown>>>;
}

async function compose(wish: Wish): Promise<PreparedPlan> {
  return composeIn(await openTestDatabase(), wish);
}

async function composeIn(
  database: Database,
  { kind, input, captured }: Wish,
  given: Partial<NewPlan> = {},
): Promise<PreparedPlan> {
  const devices = await registered(database, Object.keys(captured));
  const plan = samplePlan(devices, { kind, input, ...given });
  await database.plans.create(plan);
  for (const { deviceId, name } of devices)
    await database.plans.saveCapture(plan.planId, deviceId, captured[name] ?? {});
  const deps = { ...database, policy: () => DEFAULT_POLICY, runningChanges: () => Promise.resolve([]) };
  return composePlan(deps, plan);
}

const twice = {
  records: ['192.0.2.1', '192.0.2.2'].map((address) => ({ row: { name: 'a.lan', type: 'A', address }, next: null })),
};
const once = { records: [] };
const records = [{ name: 'a.lan', type: 'A', value: '192.0.2.1' }];

test('a plan that a kind refuses for some devices names them all, and says why', async () => {
  const composed = compose({ kind: 'dns_static', input: { records }, captured: { a: once, b: twice, c: twice } });
  await expect(composed).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_AMBIGUOUS',
    message: '2 of 3 devices (b, c): a.lan has 2 records of the type A.',
    hint: expect.any(String) as string,
    details: { devices: ['b', 'c'] },
  });
});

test('a plan that a kind refuses for all devices together is refused', async () => {
  const called = (name: string) => ({ identity: 'MikroTik', device: { name, tags: ['site:vienna'] } });
  const plan = { kind: 'identity', captured: { a: called('a'), b: called('b') } };
  await expect(compose({ ...plan, input: { template: '{site}' } })).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    message: 'template: a and b would both be called "vienna"',
  });
  expect(await compose({ ...plan, input: { template: '{name}' } })).toMatchObject({ toChange: 2, risk: 'low' });
});

test('the risk is told what was captured of the devices that change, and of no others', async () => {
  const usage = { stopsListed: true, admitsListed: false, isLookedAt: false, managers: ['192.0.2.9'] };
  const unused = { stopsListed: false, admitsListed: false, isLookedAt: false, managers: null };
  const entry = { address: '198.51.100.4', comment: null, disabled: false };
  const list = { family: 'ipv4', entries: [], passing: [], dynamicEntries: 0 };
  const input = { list: 'blocked', mode: 'add_only', entries: [{ address: '198.51.100.4' }] };
  const a = { lists: [{ ...list, usage: unused }] };
  const as = { kind: 'address_list_sync', input };
  expect(await compose({ ...as, captured: { a, b: { lists: [{ ...list, usage, entries: [entry] }] } } })).toMatchObject(
    {
      skipped: 1,
      risk: 'medium',
    },
  );
  expect(await compose({ ...as, captured: { a, b: { lists: [{ ...list, usage }] } } })).toMatchObject({
    risk: 'high',
    riskReasons: ['firewall rules decide by blocked what reaches the routers themselves'],
  });
});

test('what was looked at is kept with the plan, also when it is refused', async () => {
  const database = await openTestDatabase();
  const plan = { kind: 'dns_static', input: { records }, captured: { a: once, b: twice, c: once } };
  const refused = 'pln_01JZZZZZZZZZZZZZZZZZZZZZZA';
  await expect(composeIn(database, plan, { planId: refused })).rejects.toMatchObject({
    message: '1 of 3 devices (b): a.lan has 2 records of the type A.',
  });
  expect((await database.plans.get(refused))?.preChecks).toMatchObject([
    {
      check: 'supported',
      result: 'refused',
      message: expect.stringMatching(/^1 of 3 devices/) as string,
      devices: ['b'],
    },
  ]);
});

test('devices that could not be read refuse the plan, all of them named', async () => {
  const database = await openTestDatabase();
  const devices = await registered(database, ['a', 'b', 'c']);
  const plan = samplePlan(devices);
  await database.plans.create(plan);
  const error = { code: 'DEVICE_UNREACHABLE', message: 'no answer', retryable: true } as const;
  for (const { deviceId } of devices.slice(1)) {
    await database.plans.saveCaptureFailure(plan.planId, deviceId, error);
  }
  const deps = { ...database, policy: () => DEFAULT_POLICY, runningChanges: () => Promise.resolve([]) };
  await expect(composePlan(deps, plan)).rejects.toMatchObject({
    code: 'DEVICE_UNREACHABLE',
    message: '2 of 3 devices could not be read (b: DEVICE_UNREACHABLE; c: DEVICE_UNREACHABLE). No plan was made.',
    details: { devices: ['b', 'c'] },
  });
  expect((await database.plans.get(plan.planId))?.preChecks).toMatchObject([
    { check: 'reachable', devices: ['b', 'c'] },
  ]);
});
