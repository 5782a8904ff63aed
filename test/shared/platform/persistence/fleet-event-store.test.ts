import { expect, test } from 'vitest';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import type { FleetEvent } from '../../../../shared/domain/fleet-event.ts';
import { openTestDatabase } from './open-test-database.ts';

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
