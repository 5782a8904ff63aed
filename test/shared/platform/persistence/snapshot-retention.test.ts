import { expect, onTestFinished, test } from 'vitest';
import { createOrm } from '../../../../shared/platform/persistence/orm.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import { samplePlan } from './sample-plan.ts';

const NOW = new Date('2031-03-01T00:00:00.000Z');
const PAGE = { now: NOW, afterDevice: null, limit: 10 };
const DAY_MS = 86_400_000;

test('snapshots go by age and by number, but not what is still needed, and texts go with the last of them', async () => {
  const { devices, snapshots, plans, url } = await openTestDatabase();
  const orm = createOrm({ url, poolMax: 1 });
  onTestFinished(() => orm.close());
  const sql = (text: string, values: unknown[] = []) => orm.em.fork().execute<Record<string, unknown>[]>(text, values);
  const [many, old] = [sampleDevice({ name: 'many' }), sampleDevice({ name: 'old' })];
  for (const device of [many, old]) await devices.insert(device, 'x');
  let number = 0;
  const take = async (deviceId: string, daysAgo: number, planId?: string): Promise<string> => {
    number += 1;
    const { snapshotId } = await snapshots.save({
      snapshotId: `snp_${String(number).padStart(26, '0')}`,
      deviceId,
      takenAt: new Date(NOW.getTime() - daysAgo * DAY_MS).toISOString(),
      requestedBy: 'svc-worker',
      reason: 'nightly',
      version: '7.20.8',
      isComplete: true,
      text: `/system identity set name=${number}\n`,
      ...(planId === undefined ? {} : { planId }),
    });
    return snapshotId;
  };
  const left = async (deviceId: string): Promise<unknown[]> => {
    const rows = await sql('select snapshot_id from snapshot where device_id = ? order by snapshot_id', [deviceId]);
    return rows.map((row) => row['snapshot_id']);
  };

  const plan = samplePlan([many, old]);
  await plans.create(plan);
  const ofPlan = await take(many.deviceId, 5, plan.planId);
  const baseline = await take(many.deviceId, 4);
  await sql(
    `insert into device_baseline
       (device_id, cohort, snapshot_id, as_of, set_by, set_at, reason, is_complete, content, objects, revision)
     values (?, 0, ?, now(), 'x', now(), 'x', true, '', 0, 1)`,
    [many.deviceId, baseline],
  );
  const others = [await take(many.deviceId, 3), await take(many.deviceId, 2), await take(many.deviceId, 1)];
  const ancient = [await take(old.deviceId, 400), await take(old.deviceId, 399)];

  const keep = { keepDays: 90, keepCount: 2 };
  expect(await snapshots.prune({ ...PAGE, ...keep, isDryRun: true })).toEqual({ removed: 2, lastDevice: null });
  expect(await snapshots.prune({ ...PAGE, ...keep, limit: 1 })).toMatchObject({
    lastDevice: [many.deviceId, old.deviceId].sort()[0],
  });
  await snapshots.prune({ ...PAGE, ...keep });
  // The two newest, that of the baseline, and that of a plan that has not ended.
  expect(await left(many.deviceId)).toEqual([ofPlan, baseline, ...others.slice(1)]);
  // However old, a device's newest one.
  expect(await left(old.deviceId)).toEqual([ancient[1]]);

  const end = (rollbackUntil: Date) =>
    sql(`update plan set status = 'completed', rollback_until = ? where plan_id = ?`, [rollbackUntil, plan.planId]);
  await end(new Date(NOW.getTime() + 1));
  expect(await snapshots.prune({ ...PAGE, ...keep })).toMatchObject({ removed: 0 });
  await end(NOW);
  expect(await snapshots.prune({ ...PAGE, ...keep })).toMatchObject({ removed: 1 });
  expect(await left(many.deviceId)).toEqual([baseline, ...others.slice(1)]);

  expect(await snapshots.removeOrphanTexts(1)).toBe(1);
  expect(await snapshots.removeOrphanTexts(100)).toBe(2);
  expect(await snapshots.removeOrphanTexts(100)).toBe(0);
  for (const snapshotId of [baseline, ...others.slice(1), ancient[1]!]) {
    const kept = await snapshots.get(snapshotId);
    expect(await snapshots.text(kept!.sha256)).toMatch(/^\/system identity/);
  }
});

test('a text that is used again while orphans are looked for stays', async () => {
  const { devices, snapshots, url } = await openTestDatabase();
  const orm = createOrm({ url, poolMax: 1 });
  onTestFinished(() => orm.close());
  const device = sampleDevice({ name: 'a' });
  await devices.insert(device, 'x');
  const snapshot = {
    deviceId: device.deviceId,
    takenAt: NOW.toISOString(),
    requestedBy: 'svc-worker',
    reason: 'nightly',
    version: null,
    isComplete: true,
    text: '/system identity set name=a\n',
  };
  for (let round = 0; round < 20; round++) {
    const snapshotId = `snp_${String(round).padStart(26, '0')}`;
    await Promise.all([
      snapshots.save({ ...snapshot, snapshotId }),
      snapshots.removeOrphanTexts(100),
      snapshots.removeOrphanTexts(100),
    ]);
    const { sha256 } = (await snapshots.get(snapshotId))!;
    expect(await snapshots.text(sha256)).toBe(snapshot.text);
    // Its text is an orphan until the next round stores it once more.
    await orm.em.fork().execute('delete from snapshot');
  }
});
