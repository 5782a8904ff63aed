import pg from 'pg';
import { ulid } from 'ulid';
import { expect, it, onTestFinished } from 'vitest';
import { configurationObjects } from '../../shared/routeros/configuration-objects.ts';
import { restore } from '../../shared/plans/drift/restore.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { approve, propose, reaches, WANTED } from '../support/plans.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Changes a router as somebody with WinBox would. */
async function editByHand({ simulator }: TestPlatform, name: string, edit: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${simulator.controlUrl}/devices/${name}/edit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(edit),
  });
  expect(response.status).toBeLessThan(300);
}

it('what somebody changed by hand is found with who did it, told of once, and put back by an approved plan; what a plan changed is no drift', async () => {
  // Plans are followed when they end; of the schedules themselves nothing comes due here.
  const platform = await startPlatform({ routers: 2, workers: 0 });
  onTestFinished(() => platform.stop());
  await platform.startWorker({ CONVOY_DRIFT_INTERVAL_SECONDS: '604800' });
  const { database, fleet, devices } = platform;
  const [device, other] = devices as [(typeof devices)[0], (typeof devices)[0]];
  const { deviceId } = device;
  const check = () => {
    const snapshotId = `snp_${ulid()}`;
    return fleet.checkDrift({ snapshotId, deviceId, requestedBy: 'olga', reason: 'a test' });
  };
  const events = async (): Promise<string[]> => {
    const client = new pg.Client({ connectionString: platform.postgresUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ type: string; objects: number | null }>(
        `select type, (details ->> 'objects')::int as objects from fleet_event where device_id = $1 order by at, event_id`,
        [deviceId],
      );
      return rows.map(({ type, objects }) => `${type} ${objects ?? ''}`.trim());
    } finally {
      await client.end();
    }
  };

  await expect(check()).rejects.toMatchObject({ code: 'BASELINE_NOT_FOUND' });
  const taken = await fleet.snapshot({
    snapshotId: `snp_${ulid()}`,
    deviceId,
    deviceName: device.name,
    requestedBy: 'olga',
    reason: '',
  });
  const snapshot = (await database.snapshots.get(taken.snapshotId))!;
  await database.baselines.set({
    deviceId,
    snapshotId: snapshot.snapshotId,
    asOf: snapshot.takenAt,
    setBy: 'olga',
    reason: 'as built',
    planId: null,
    version: snapshot.version,
    isComplete: snapshot.isComplete,
    menus: configurationObjects(await database.snapshots.text(snapshot.sha256)),
  });
  expect(await check()).toMatchObject({ outcome: 'compared', news: 0, gone: 0, open: 0 });

  await editByHand(platform, device.name, { path: '/system/identity', set: { name: 'somebody' } });
  expect(await check()).toMatchObject({ news: 1, open: 1 });
  const [found] = await database.drift.known(deviceId);
  expect(found).toMatchObject({
    menu: '/system/identity',
    kind: 'changed',
    after: { name: 'somebody' },
    author: { by: 'admin', match: 'object' },
  });
  expect(Date.parse(found!.author!.at!)).toBeGreaterThan(0);
  // Seen again it is nothing new.
  expect(await check()).toMatchObject({ news: 0, open: 1 });
  expect(await events()).toEqual(['drift.found 1']);

  const until = new Date(Date.now() + 3_600_000).toISOString();
  const acknowledgement = { by: 'olga', reason: 'until Monday', at: new Date().toISOString(), until };
  await database.drift.acknowledge([found!.driftId], acknowledgement);
  expect(await check()).toMatchObject({ news: 0, open: 0 });
  // When its time is over, it is told of again.
  await database.drift.acknowledge([found!.driftId], { ...acknowledgement, until: new Date().toISOString() });
  expect(await check()).toMatchObject({ news: 1, open: 1 });

  // A plan is approved on both routers: of the one it becomes part of the baseline, to the other it gives its first.
  const plan = await propose(platform, { rollout: { canary: 0, batchSize: 2 } });
  await approve(platform, plan);
  await reaches(platform, plan.planId, ['completed']);
  await waitUntil(
    'a first baseline',
    async () => (await database.baselines.get(other.deviceId))?.planId === plan.planId,
  );
  await waitUntil('the baseline to follow', async () => ((await database.baselines.get(deviceId))?.revision ?? 0) > 1);
  expect(await check()).toMatchObject({ news: 0, open: 1 });
  const [still] = await database.drift.known(deviceId);
  expect(still).toMatchObject({ driftId: found!.driftId, menu: '/system/identity' });

  const { menus } = await database.baselines.content(deviceId);
  const restoration = restore([still!], menus);
  expect(restoration).toMatchObject({ plan: { kind: 'identity' }, restored: [found!.driftId], left: [] });
  const back = await propose(platform, { ...restoration.plan!, devices: [device] });
  await approve(platform, back);
  await reaches(platform, back.planId, ['completed']);
  await waitUntil('the drift to be gone', async () => (await database.drift.known(deviceId)).length === 0);
  expect(await events()).toEqual(['drift.found 1', 'drift.found 1', 'drift.cleared']);

  // Taken back, the first plan is no drift either, and what differed before it would differ again.
  await platform.fleet.signalPlan(plan.planId, 'rollback', { comment: '', onBehalfOf: 'olga' });
  await reaches(platform, plan.planId, ['rolled_back']);
  await expect
    .poll(
      () =>
        check().then(
          ({ open }) => open,
          () => 'busy',
        ),
      { timeout: 20_000 },
    )
    .toBe(0);
  const after = await database.snapshots.latest(deviceId);
  expect(await database.snapshots.text(after!.sha256)).not.toContain(WANTED.dnsServers[0]);
  await expectAllToReplay(platform);
}, 120_000);
