import { expect, it, onTestFinished } from 'vitest';
import { createKnownDevices } from '../../../mcp-server/degraded/known-devices.ts';
import type { Device, DeviceSelector } from '../../../shared/domain/device.ts';
import type { DeviceGrant } from '../../../shared/domain/principal.ts';
import { openDatabase, type Database } from '../../../shared/platform/persistence/database.ts';
import { addDevice } from '../support/devices.ts';
import { emptyDatabase } from '../support/empty-database.ts';

async function openFleet(): Promise<{ database: Database; devices: Device[] }> {
  const { url } = await emptyDatabase();
  const database = await openDatabase({ url, poolMax: 3 });
  onTestFinished(() => database.close());
  const devices = [
    await addDevice(database, 'core-01', { environment: 'prod', tags: ['core', 'site:a'] }),
    await addDevice(database, 'edge-01', { environment: 'staging', tags: ['edge', 'site:a'] }),
    await addDevice(database, 'edge-02', { environment: 'lab', tags: ['edge'] }),
    await addDevice(database, 'old-01', { environment: 'lab' }),
  ];
  await database.devices.retire(devices[3]!.deviceId);
  // The name is free again.
  devices.push(await addDevice(database, 'old-01', { environment: 'lab' }));
  return { database, devices };
}

const GRANTS: readonly DeviceGrant[][] = [
  [{ all: true }],
  [],
  [{ environments: ['lab'] }],
  [{ tags: ['edge'] }],
  [{ tags: ['edge'], environments: ['staging'] }],
  [{ tags: ['core'] }, { environments: ['lab'] }],
];
const SELECTORS: readonly DeviceSelector[] = [
  {},
  { environment: 'lab' },
  { tags: ['edge', 'site:a'] },
  { names: ['old-01', 'core-01'] },
  { status: 'decommissioned' },
  { status: 'healthy', environment: 'prod' },
];

it('answers every question as the database does, also after changes', async () => {
  const { database, devices } = await openFleet();
  const known = createKnownDevices({ registry: database.registry });
  const agrees = async (): Promise<void> => {
    await known.refresh();
    for (const ref of ['core-01', 'old-01', 'nowhere', ...devices.map(({ deviceId }) => deviceId)]) {
      expect(known.find(ref), ref).toEqual(await database.devices.find(ref));
    }
    for (const grants of GRANTS) {
      for (const selector of SELECTORS) {
        const request = { grants, selector, limit: 2 };
        const page = await database.devices.list(request);
        expect(known.list(request), JSON.stringify(request)).toEqual(page);
        const after = page.devices.at(-1);
        if (after === undefined) continue;
        expect(known.list({ ...request, after })).toEqual(await database.devices.list({ ...request, after }));
      }
    }
  };
  await agrees();
  // What somebody may see follows what was changed.
  await database.devices.edit(devices[1]!.deviceId, { tags: ['core'] });
  await database.devices.decommission(devices[2]!.deviceId);
  await addDevice(database, 'new-01', { environment: 'lab', tags: ['edge'] });
  await agrees();
});

it('half a copy answers nothing: else devices that do not exist could be told from those one may not see', async () => {
  const { database } = await openFleet();
  const unread = createKnownDevices({ registry: database.registry });
  expect(() => unread.find('core-01')).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }) as Error);
  const tooMany = createKnownDevices({ registry: database.registry, mostDevices: 3 });
  await tooMany.refresh();
  await tooMany.refresh();
  expect(() => tooMany.find('core-01')).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }) as Error);
});

it('status, which changes without the record, is read anew with all devices now and then', async () => {
  const { database, devices } = await openFleet();
  let nowMs = Date.now();
  const known = createKnownDevices({ registry: database.registry, wholeEveryMs: 60_000, now: () => nowMs });
  await known.refresh();
  const { deviceId } = devices[0]!;
  const epoch = await database.lanes.takeEpoch(deviceId, 'a worker');
  const openedAt = new Date(nowMs).toISOString();
  const record = { failures: 5, openings: 1, openedAt, retryAt: null, lastFailure: 'timeout' };
  await database.lanes.saveBreaker(deviceId, epoch, record);
  nowMs += 61_000;
  await known.refresh();
  expect(known.find(deviceId)?.status).toBe('unreachable');
});
