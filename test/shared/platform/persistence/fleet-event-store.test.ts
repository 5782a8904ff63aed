import { expect, test } from 'vitest';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import type { FleetEvent } from '../../../../shared/domain/fleet-event.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

function sampleEvent(given: Partial<FleetEvent>): FleetEvent {
  return {
    type: 'device.status_changed',
    key: 'status/dev_1/1',
    at: '2026-03-01T10:00:00.000Z',
    deviceId: 'dev_1',
    deviceName: 'berlin-01',
    environment: 'prod',
    tags: ['site:berlin'],
    details: { from: 'healthy', to: 'unreachable', reasons: ['no answer\0'] },
    ...given,
  };
}

test('an event is kept once by its key, whoever appends it and how often', async () => {
  const { fleetEvents, ownerUrl } = await openTestDatabase();
  const [one, two] = [sampleEvent({}), sampleEvent({ key: 'status/dev_1/2', tags: [] })];
  await Promise.all([fleetEvents.append([one, two, one]), fleetEvents.append([two, one])]);
  await fleetEvents.append([{ ...one, details: {} }]);
  await fleetEvents.append([]);
  const rows = await executeSql(ownerUrl, ['select key, tags, details from fleet_event order by key']);
  expect(rows).toMatchObject([
    [
      { key: one.key, tags: ['site:berlin'] },
      { key: two.key, tags: [] },
    ],
  ]);
});

test('an anchor of the audit, and an emergency stop that is placed or lifted, are told once, in their transactions', async () => {
  const { audit, stops, devices, notices } = await openTestDatabase();
  const device = sampleDevice({ name: 'berlin-01', environment: 'prod', tags: ['site:berlin'] });
  await devices.insert(device, 'x');
  await audit.append({ key: 'a', action: 'x', actor: 'olga', outcome: 'ok' });
  const head = await audit.head();
  expect([await audit.anchor(head), await audit.anchor(head)]).toEqual([true, false]);
  const by = { placedBy: 'olga', placedByName: 'Olga', reason: 'wrong resolvers' };
  const scope = { on: 'device', deviceId: device.deviceId } as const;
  for (const _ of [1, 2]) await stops.place({ stopId: 'stp_1', scope, ...by });
  await stops.place({ stopId: 'stp_2', scope: { on: 'all' }, ...by });
  for (const _ of [1, 2]) await stops.lift('stp_2', { by: 'ada', byName: 'Ada', reason: 'it was a drill' });
  const told: FleetEvent[] = [];
  await notices.route(20, (event) => (told.push(event), []));
  expect(told).toHaveLength(4);
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'audit.anchored', deviceId: null, details: head }),
      expect.objectContaining({
        type: 'emergency.stopped',
        deviceName: 'berlin-01',
        environment: 'prod',
        tags: ['site:berlin'],
        details: { stopId: 'stp_1', scope: 'berlin-01', reason: 'wrong resolvers', by: 'Olga' },
      }),
      expect.objectContaining({ type: 'emergency.stopped', deviceId: null, environment: null }),
      expect.objectContaining({
        type: 'emergency.lifted',
        details: { stopId: 'stp_2', scope: 'the fleet', reason: 'it was a drill', by: 'Ada' },
      }),
    ]),
  );
});
