import pg from 'pg';
import { ulid } from 'ulid';
import { expect, it, onTestFinished } from 'vitest';
import type { CohortSnapshotsInput, CohortSnapshotsResult } from '../../shared/contract/snapshot-messages.ts';
import { WORKFLOW_QUEUE } from '../../shared/contract/task-queues.ts';
import {
  COHORT_SNAPSHOTS_WORKFLOW,
  SNAPSHOT_RETENTION_WORKFLOW,
  SNAPSHOT_WORKFLOW,
} from '../../shared/contract/workflow-types.ts';
import { cohortOf } from '../../shared/domain/cohort.ts';
import { expectAllToReplay, withoutSummary } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';

const ROUTERS = 2;

async function control({ simulator }: TestPlatform, name: string, method: string, action: string, body: unknown) {
  const reply = await fetch(`${simulator.controlUrl}/devices/${name}/${action}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(reply.ok).toBe(true);
}

it('every router is saved by its cohort, an idle one as before, one that is away later or told of, and old ones go', async () => {
  const platform = await startPlatform({ routers: ROUTERS });
  onTestFinished(() => platform.stop());
  const { database, devices, namespace } = platform;
  const client = await temporalClient({ subject: 'svc-admin', namespace });
  onTestFinished(() => client.connection.close());
  const run = async <Result>(workflowType: string, args: unknown[]): Promise<Result> =>
    (await client.workflow.execute(workflowType, {
      workflowId: `test/${workflowType}/${ulid()}`,
      taskQueue: WORKFLOW_QUEUE,
      args,
    })) as Result;
  const round = async (retryAfterSeconds: number[]): Promise<CohortSnapshotsResult> => {
    const cohorts = [...new Set(devices.map(({ deviceId }) => cohortOf(deviceId)))];
    const inputs = cohorts.map((cohort): CohortSnapshotsInput => {
      return { cohort, reason: 'scheduled', concurrency: 2, retryAfterSeconds };
    });
    const results = await Promise.all(
      inputs.map((input) => run<CohortSnapshotsResult>(COHORT_SNAPSHOTS_WORKFLOW, [input])),
    );
    return {
      taken: results.reduce((sum, { taken }) => sum + taken, 0),
      failed: results.reduce((sum, { failed }) => sum + failed, 0),
    };
  };
  const newest = () => Promise.all(devices.map(({ deviceId }) => database.snapshots.latest(deviceId)));

  expect(await round([])).toEqual({ taken: ROUTERS, failed: 0 });
  const first = await newest();
  expect(first[0]).toMatchObject({ requestedBy: 'svc-worker', reason: 'scheduled', isComplete: true });

  // A day goes by on which nobody touches them.
  for (const { name } of devices) await control(platform, name, 'POST', 'clock', { advanceSeconds: 86_400 });
  // This one is away until it was asked for once.
  await control(platform, devices[0]!.name, 'PUT', 'faults', [{ match: { path: '/execute' }, kind: 'close' }]);
  const rounds = round(Array.from({ length: 30 }, () => 1));
  await waitUntil('a device that was away', async () => {
    const query = `WorkflowType = '${SNAPSHOT_WORKFLOW}' AND ExecutionStatus = 'Failed'`;
    return (await client.workflow.count(query)).count > 0;
  });
  await control(platform, devices[0]!.name, 'PUT', 'faults', []);
  expect(await rounds).toEqual({ taken: ROUTERS, failed: 0 });
  const second = await newest();
  for (const [index, snapshot] of second.entries()) {
    expect(snapshot?.snapshotId).not.toBe(first[index]?.snapshotId);
    expect(snapshot?.sha256).toBe(first[index]?.sha256);
  }

  // Of one that cannot be saved in the end people are told, once.
  await control(platform, devices[0]!.name, 'PUT', 'faults', [
    { match: { path: '/execute' }, kind: 'error', status: 500, detail: 'not enough permissions (9)' },
  ]);
  expect(await round([1])).toEqual({ taken: ROUTERS - 1, failed: 1 });
  const sql = new pg.Client(platform.postgresUrl);
  await sql.connect();
  onTestFinished(() => sql.end());
  const events = await sql.query('select type, device_id, details from fleet_event');
  expect(events.rows).toEqual([
    {
      type: 'snapshot.failed',
      device_id: devices[0]!.deviceId,
      details: { code: 'DEVICE_PERMISSION_DENIED', message: expect.any(String) as string },
    },
  ]);
  const audit = await database.audit.list({ limit: 50, action: 'snapshot_taken' });
  expect(audit.filter(({ outcome }) => outcome === 'failed')).toMatchObject([
    { deviceId: devices[0]!.deviceId, actor: 'svc-worker', code: 'DEVICE_PERMISSION_DENIED' },
  ]);

  const texts = async () => Number((await sql.query('select count(*) from snapshot_text')).rows[0].count);
  expect(await texts()).toBe(new Set(first.map((snapshot) => snapshot?.sha256)).size);
  await control(platform, devices[1]!.name, 'POST', 'edit', { path: '/ip/dns', set: { servers: '192.0.2.99' } });
  await round([]);
  const before = await texts();
  expect(await run(SNAPSHOT_RETENTION_WORKFLOW, [{ keepDays: 90, keepCount: 1 }])).toMatchObject({ texts: 1 });
  expect(await texts()).toBe(before - 1);
  expect(await database.audit.list({ limit: 5, action: 'snapshots_pruned' })).toMatchObject([
    { outcome: 'ok', actor: 'svc-worker', details: { keepCount: 1, texts: 1 } },
  ]);
  for (const { deviceId } of devices) expect(await database.snapshots.latest(deviceId)).not.toBeNull();

  expect(await withoutSummary(platform)).toEqual([]);
  const replayed = await expectAllToReplay(platform);
  for (const type of [COHORT_SNAPSHOTS_WORKFLOW, SNAPSHOT_RETENTION_WORKFLOW]) expect(replayed).toContain(type);
}, 300_000);
