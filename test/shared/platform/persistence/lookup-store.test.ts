import { expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import { samplePlan } from './sample-plan.ts';
import type { DeviceGrant } from '../../../../shared/domain/principal.ts';

const EVERYTHING: DeviceGrant[] = [{ all: true }];
const NORTH: DeviceGrant[] = [{ tags: ['north'] }];

async function fleet() {
  const database = await openTestDatabase();
  const stored = [
    sampleDevice({ name: 'north-01', tags: ['north', 'core'], identity: 'R1 50%_done', host: '10.0.0.1' }),
    sampleDevice({ name: 'north-02', tags: ['north', 'edge'], model: 'hAP ax3', host: '10.0.0.2' }),
    sampleDevice({ name: 'South-01', tags: ['south', 'core'], identity: null, host: '10.0.0.3' }),
    sampleDevice({ name: 'north-99', tags: ['north', 'gone'], status: 'decommissioned' }),
  ];
  for (const device of stored) await database.devices.insert(device, 'x');
  return { ...database, stored };
}

test('finds devices by words in any field, inside the grants, without the decommissioned', async () => {
  const { lookup } = await fleet();
  const names = async (words: string[], grants = EVERYTHING) =>
    (await lookup.devicesMatching({ words, grants, limit: 10 })).map(({ name }) => name);
  expect(await names(['NORTH'])).toEqual(['north-01', 'north-02']);
  expect(await names(['core'])).toEqual(['South-01', 'north-01']);
  expect(await names(['core'], NORTH)).toEqual(['north-01']);
  expect(await names(['north', 'ax3'])).toEqual(['north-02', 'north-01']);
  expect(await names(['10.0.0.3'])).toEqual(['South-01']);
  expect(await names(['0%_d'])).toEqual(['north-01']);
  expect(await names(['%'])).toEqual(['north-01']);
  expect(await names(["'; drop table device --"])).toEqual([]);
  expect(await names(['north'], [])).toEqual([]);
  expect(await names([])).toEqual([]);
  expect(await lookup.devicesMatching({ words: ['ax3'], grants: EVERYTHING, limit: 10 })).toMatchObject([
    { name: 'north-02', tags: ['north', 'edge'], model: 'hAP ax3', environment: 'lab', status: 'healthy', words: 1 },
  ]);
});

test('finds plans by words when all of their devices are covered', async () => {
  const { lookup, plans, stored } = await fleet();
  const [north, , south] = stored;
  if (!north || !south) throw new Error('no devices');
  const own = samplePlan([north], { comment: 'resolvers of the branch' });
  const mixed = samplePlan([north, south], { comment: 'resolvers everywhere' });
  await plans.create(own);
  await plans.create(mixed);
  const found = async (words: string[], grants = EVERYTHING) =>
    (await lookup.plansMatching({ words, grants, limit: 10 })).map(({ planId }) => planId).toSorted();
  expect(await found(['resolvers'])).toEqual([own.planId, mixed.planId].toSorted());
  expect(await found(['resolvers'], NORTH)).toEqual([own.planId]);
  expect(await found([own.planId.toLowerCase()])).toEqual([own.planId]);
  const ids = await lookup.planIds({ prefix: 'pln_', grants: NORTH, limit: 10 });
  expect(ids).toEqual({ values: [own.planId], total: 1 });
});

test('completes names, ids and tags inside the grants, and says how many there are', async () => {
  const { lookup, stored } = await fleet();
  const [first] = stored;
  expect(await lookup.deviceRefs({ prefix: 'nor', grants: EVERYTHING, limit: 1 })).toEqual({
    values: ['north-01'],
    total: 2,
  });
  expect((await lookup.deviceRefs({ prefix: '', grants: EVERYTHING, limit: 10 })).values).toEqual([
    'South-01',
    'north-01',
    'north-02',
  ]);
  const byId = await lookup.deviceRefs({ prefix: first?.deviceId ?? '', grants: NORTH, limit: 10 });
  expect(byId.values).toEqual([first?.deviceId]);
  expect(await lookup.tags({ prefix: '', grants: NORTH, limit: 10 })).toEqual({
    values: ['core', 'edge', 'north'],
    total: 3,
  });
  expect(await lookup.tags({ prefix: 'so', grants: NORTH, limit: 10 })).toEqual({ values: [], total: 0 });
});

test('marks change with what is shown of a device, its health, a plan and the fleet, and with nothing else', async () => {
  const { changes, devices, plans, health, stored } = await fleet();
  const [north, , south] = stored;
  if (!north || !south) throw new Error('no devices');
  const plan = samplePlan([north]);
  await plans.create(plan);
  const marks = async () => ({
    device: (await changes.ofDevices([north.deviceId])).get(north.deviceId),
    health: (await changes.ofHealth([north.deviceId])).get(north.deviceId),
    plan: (await changes.ofPlans([plan.planId])).get(plan.planId),
    north: await changes.ofFleet(NORTH),
    all: await changes.ofFleet(EVERYTHING),
  });
  const first = await marks();
  expect(await marks()).toEqual(first);
  expect(await changes.ofDevices(['dev_unknown'])).toEqual(new Map());

  await devices.recordFacts(south.deviceId, { status: 'unreachable' });
  const second = await marks();
  expect(second).toEqual({ ...first, all: second.all });
  expect(second.all).not.toBe(first.all);

  await health.append([
    {
      deviceId: north.deviceId,
      at: '2031-01-01T00:00:00.000Z',
      status: 'degraded',
      reasons: [],
      cpuLoadPercent: 90,
      memoryUsedPercent: null,
      diskUsedPercent: null,
      temperatureCelsius: null,
      uptimeSeconds: 5,
    },
  ]);
  const third = await marks();
  expect(third).toMatchObject({ device: second.device, plan: second.plan });
  for (const key of ['health', 'north', 'all'] as const) expect(third[key], key).not.toBe(second[key]);

  await devices.recordFacts(north.deviceId, { status: 'unreachable' });
  await plans.patch({ planId: plan.planId, status: 'cancelled' });
  const fourth = await marks();
  for (const key of ['device', 'health', 'plan', 'north', 'all'] as const) {
    expect(fourth[key], key).not.toBe(third[key]);
  }
});
