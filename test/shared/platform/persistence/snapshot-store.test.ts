import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { expect, onTestFinished, test } from 'vitest';
import type { DeviceGrant } from '../../../../shared/domain/principal.ts';
import { createOrm } from '../../../../shared/platform/persistence/orm.ts';
import type { NewSnapshot } from '../../../../shared/platform/persistence/stores/snapshot-store.ts';
import { openDatabase } from '../../../../shared/platform/persistence/database.ts';
import { freshDatabase, migrateAsOwner } from '../../../support/database.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

const EVERYTHING: DeviceGrant[] = [{ all: true }];
const TEXT = `/ip dns set servers=9.9.9.9\n/system identity set name="Büro \u{1F680}"\n`;

function sampleSnapshot(deviceId: string, given: Partial<NewSnapshot> = {}): NewSnapshot {
  return {
    snapshotId: `snp_${ulid()}`,
    deviceId,
    takenAt: '2031-01-02T03:04:05.000Z',
    requestedBy: 'operator@convoy.test',
    reason: 'before the change',
    version: '7.20.8',
    isComplete: true,
    text: TEXT,
    ...given,
  };
}

test('gives back what was stored, and stores one however often it is repeated', async () => {
  const { devices, snapshots } = await openTestDatabase();
  const device = sampleDevice({ name: 'a' });
  await devices.insert(device, 'x');
  const { text, ...given } = sampleSnapshot(device.deviceId);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const stored = { ...given, sha256, bytes: Buffer.byteLength(text), lines: 2 };
  expect(await snapshots.save({ ...given, text })).toEqual(stored);
  expect(await snapshots.save({ ...given, text: 'something else\n' })).toEqual(stored);
  expect(await snapshots.get(given.snapshotId)).toEqual(stored);
  expect(await snapshots.text(sha256)).toBe(text);
  expect(await snapshots.get('snp_unknown')).toBeNull();
  await expect(snapshots.text('0'.repeat(64))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('lists newest first a page at a time, only of devices the grants cover', async () => {
  const { devices, snapshots } = await openTestDatabase();
  const [lab, prod] = [sampleDevice({ name: 'a' }), sampleDevice({ name: 'b', environment: 'prod' })];
  for (const device of [lab, prod]) await devices.insert(device, 'x');
  const ids: string[] = [];
  for (const [index, device] of [lab, prod, lab, lab].entries()) {
    const snapshotId = `snp_0000000000000000000000000${index}`;
    ids.unshift((await snapshots.save(sampleSnapshot(device.deviceId, { snapshotId }))).snapshotId);
  }
  const idsOf = async (request: Partial<Parameters<typeof snapshots.list>[0]>): Promise<string[]> =>
    (await snapshots.list({ grants: EVERYTHING, limit: 9, ...request })).map(({ snapshotId }) => snapshotId);
  expect(await idsOf({})).toEqual(ids);
  expect(await idsOf({ limit: 2 })).toEqual(ids.slice(0, 2));
  expect(await idsOf({ before: ids[1] })).toEqual(ids.slice(2));
  expect(await idsOf({ deviceId: prod.deviceId })).toEqual([ids[2]]);
  expect(await idsOf({ grants: [{ environments: ['prod'] }] })).toEqual([ids[2]]);
  expect(await idsOf({ grants: [] })).toEqual([]);
  expect((await snapshots.latest(lab.deviceId))?.snapshotId).toBe(ids[0]);
  expect(await snapshots.latest('dev_unknown')).toBeNull();
});

test('keeps equal texts once, compressed, and notices one that was altered', async () => {
  const fresh = await freshDatabase();
  const { url } = fresh;
  onTestFinished(() => fresh.drop());
  await migrateAsOwner(fresh);
  const database = await openDatabase({ url, poolMax: 2 });
  onTestFinished(() => database.close());
  const { devices, snapshots } = database;
  const orm = createOrm({ url, poolMax: 1 });
  onTestFinished(() => orm.close());
  const sql = (text: string) => orm.em.fork().execute<Record<string, unknown>[]>(text);

  const device = sampleDevice({ name: 'a' });
  await devices.insert(device, 'x');
  const text = '/ip firewall address-list add list=x address=192.0.2.1\n'.repeat(2_000);
  await Promise.all([1, 2, 3].map(() => snapshots.save(sampleSnapshot(device.deviceId, { text }))));
  expect(await sql('select count(*)::int as n, max(length(gzip)) < 2000 as small from snapshot_text')).toEqual([
    { n: 1, small: true },
  ]);
  const { sha256 } = (await snapshots.latest(device.deviceId))!;
  expect(await snapshots.text(sha256)).toBe(text);
  const { sha256: other } = await snapshots.save(sampleSnapshot(device.deviceId));
  await sql(`update snapshot_text set gzip = (select gzip from snapshot_text where sha256 = '${other}')`);
  await expect(snapshots.text(sha256)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
});
