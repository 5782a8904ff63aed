import { expect, onTestFinished, test } from 'vitest';
import { snapshotRows } from '../../shared/contract/schedules.ts';
import { ensureSchedules } from '../../worker/schedules.ts';
import { freshNamespace, temporalClient } from '../support/temporal.ts';

/** The first of a cohort's schedules, and that which removes what is old. */
const IDS = ['snapshots/0', 'snapshot-retention'];

test('snapshots are taken by the clock of the time zone that is set, and not when they are switched off', async () => {
  const namespace = await freshNamespace();
  const client = await temporalClient({ subject: 'svc-admin', namespace });
  onTestFinished(() => client.connection.close());
  const ensure = (cron: string | null, timeZone: string): Promise<void> => {
    const snapshots = { cron, timeZone, spreadSeconds: 0, keepDays: 90, keepCount: 100 };
    const rows = snapshotRows(snapshots);
    return ensureSchedules(
      client,
      rows.filter(({ scheduleId }) => IDS.includes(scheduleId)),
    );
  };
  const next = async (): Promise<Date[]> =>
    (await client.schedule.getHandle('snapshots/0').describe()).info.nextActionTimes;

  await ensure('30 2 * * *', 'Asia/Kolkata');
  const times = await next();
  expect(times.length).toBeGreaterThan(1);
  for (const time of times) expect(time.toISOString()).toMatch(/T21:00:00/);
  await ensure('0 4 * * 6', 'UTC');
  for (const time of await next())
    expect([time.getUTCDay(), time.toISOString()]).toEqual([6, expect.stringMatching(/T04:00:00/)]);
  await ensure(null, 'UTC');
  await expect(next()).rejects.toThrow();
  const cleaning = await client.schedule.getHandle('snapshot-retention').describe();
  expect(cleaning.action).toMatchObject({
    workflowType: 'snapshotRetentionWorkflow',
    args: [{ keepDays: 90, keepCount: 100 }],
  });
});
