import { expect, test } from 'vitest';
import type { FleetEvent } from '../../../../shared/domain/fleet-event.ts';
import type { Database } from '../../../../shared/platform/persistence/database.ts';
import type { NewNotice, Notices } from '../../../../shared/platform/persistence/stores/notice-store.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import { samplePlan } from './sample-plan.ts';

function sampleEvent(key: string): FleetEvent {
  return {
    type: 'drift.found',
    key,
    at: '2026-03-01T10:00:00.000Z',
    deviceId: `dev_${key}`,
    deviceName: key,
    environment: 'prod',
    tags: ['site:berlin'],
    details: { objects: 2, menus: ['/ip/dns'] },
  };
}

const berlin = (event: FleetEvent, dueMs = 5_000): NewNotice[] => [
  { endpoint: 'chat', groupKey: `${event.type} site:berlin`, dueMs },
];

const bodyOf = (groups: readonly Notices[]) => ({
  type: 'drift.found',
  environment: 'prod',
  body: groups
    .flat()
    .map((notice) => (notice.of === 'fleet' ? notice.event.key : notice.type))
    .join(' '),
});

async function deliveries({ webhooks }: Pick<Database, 'webhooks'>): Promise<string[]> {
  const found = await webhooks.list({ limit: 20 });
  const bodies = await Promise.all(found.map(({ eventId, endpoint }) => webhooks.get(eventId, endpoint)));
  return bodies.map((delivery) => delivery?.body ?? '').sort();
}

test('each event is looked at once, whoever looks, and becomes a notice with all of it', async () => {
  const { fleetEvents, notices } = await openTestDatabase();
  const events = ['a', 'b', 'c', 'd'].map(sampleEvent);
  await fleetEvents.append(events);
  const seen: FleetEvent[] = [];
  const look = () => notices.route(2, (event) => (seen.push(event), berlin(event)));
  const counts = await Promise.all([look(), look(), look()]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(4);
  expect(await look()).toBe(0);
  expect(seen.sort((one, other) => (one.key < other.key ? -1 : 1))).toEqual(events);
  expect(await notices.untold()).toEqual(
    new Map([['chat', [{ groupKey: 'drift.found site:berlin', type: 'drift.found', dueMs: 5_000 }]]]),
  );
});

test('an event whose looking at fails is looked at again', async () => {
  const { fleetEvents, notices } = await openTestDatabase();
  await fleetEvents.append([sampleEvent('a')]);
  const failing = notices.route(9, () => {
    throw new Error('the process dies');
  });
  await expect(failing).rejects.toThrow('the process dies');
  expect(await notices.route(9, berlin)).toBe(1);
});

test('a group is told once, also when several tell it at once; a delivery is begun until that is noted', async () => {
  const database = await openTestDatabase();
  const { fleetEvents, notices } = database;
  await fleetEvents.append([sampleEvent('a'), sampleEvent('b')]);
  await notices.route(9, berlin);
  const tell = () => notices.tell('chat', ['drift.found site:berlin'], bodyOf);
  expect((await Promise.all([tell(), tell(), tell()])).sort()).toEqual([false, false, true]);
  expect(await deliveries(database)).toEqual(['a b']);
  expect((await notices.untold()).size).toBe(0);
  const [delivery, ...others] = await notices.unstarted(9);
  if (delivery === undefined) throw new Error('nothing is to be delivered');
  expect(others).toEqual([]);
  expect(await notices.unstarted(9)).toEqual([delivery]);
  await notices.markStarted(delivery);
  expect(await notices.unstarted(9)).toEqual([]);
  // What comes later is another group.
  await fleetEvents.append([sampleEvent('a'), sampleEvent('c')]);
  await notices.route(9, berlin);
  await tell();
  expect(await deliveries(database)).toEqual(['a b', 'c']);
});

test('a message that cannot be made leaves everything to be told', async () => {
  const { fleetEvents, notices, webhooks } = await openTestDatabase();
  await fleetEvents.append([sampleEvent('a')]);
  await notices.route(9, berlin);
  const failing = notices.tell('chat', ['drift.found site:berlin'], () => {
    throw new Error('the process dies');
  });
  await expect(failing).rejects.toThrow('the process dies');
  expect(await webhooks.list({ limit: 9 })).toEqual([]);
  expect((await notices.untold()).size).toBe(1);
});

test('an event of a plan that is held back is kept with the plan, and can be told as it would have been', async () => {
  const database = await openTestDatabase();
  const { plans, devices, webhooks, notices } = database;
  const device = sampleDevice({ name: 'a' });
  await devices.insert(device, 'x');
  const plan = samplePlan([device]);
  await plans.create(plan);
  const { planId } = plan;
  const eventId = 'evt_01M8D3PMF89ACVYFYEBXM5K9FA';
  const told = {
    eventId,
    key: 'k',
    type: 'plan.approved',
    planId,
    environment: 'prod',
    body: 'all of it',
    endpoints: ['pager'],
    held: {
      endpoints: ['chat'],
      groupKey: `plan ${planId}`,
      content: {
        of: 'plan',
        type: 'plan.approved',
        at: '2026-03-01T10:00:00.000Z',
        eventId,
        planId,
        kind: 'dns_ntp',
        environment: 'prod',
        status: 'approved',
        link: null,
      },
    },
  } as const;
  await webhooks.add(told);
  await webhooks.add({ ...told, eventId: 'evt_2' });
  expect(await webhooks.find('k')).toEqual({ eventId, endpoints: ['pager'] });
  expect([...(await notices.untold()).keys()]).toEqual(['chat']);
  const tell = () => notices.tellAsStored('chat', `plan ${planId}`);
  expect(await Promise.all([tell(), tell()])).toContain(true);
  expect(await webhooks.get(eventId, 'chat')).toMatchObject({ state: 'pending', body: 'all of it', planId });
  expect(await notices.unstarted(9)).toEqual([{ eventId, endpoint: 'chat' }]);
  expect((await notices.untold()).size).toBe(0);
});
