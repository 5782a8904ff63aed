import { expect, test } from 'vitest';
import { composePlan } from '../../../activities/fleet/compose-plan.ts';
import type { PreparedPlan } from '../../../shared/contract/plan-messages.ts';
import { DEFAULT_POLICY } from '../../../shared/domain/policy/policy.ts';
import { openTestDatabase } from '../../shared/platform/persistence/open-test-database.ts';
import { registered } from '../../shared/platform/persistence/prepared-plan.ts';
import { samplePlan } from '../../shared/platform/persistence/sample-plan.ts';

interface Wish {
  kind: string;
  input: Record<string, unknown>;
  /** What was captured, by the name of the device. */
  captured: Readonly<Record<string, Record<string, unknown>>>;
}

async function compose({ kind, input, captured }: Wish): Promise<PreparedPlan> {
  const database = await openTestDatabase();
  const devices = await registered(database, Object.keys(captured));
  const plan = samplePlan(devices, { kind, input });
  await database.plans.create(plan);
  for (const { deviceId, name } of devices)
    await database.plans.saveCapture(plan.planId, deviceId, captured[name] ?? {});
  return composePlan({ ...database, policy: () => DEFAULT_POLICY }, plan);
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
    message: 'b, c: a.lan has 2 records of the type A.',
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
