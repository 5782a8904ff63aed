import { expect, it } from 'vitest';
import { sayClocks } from '../../../../cli/commands/doctor/database-checks.ts';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import { openTestDatabase } from './open-test-database.ts';

it('tells whose clock is off and by how much, and forgets processes that ended', async () => {
  const { clocks, ownerUrl } = await openTestDatabase();
  expect(sayClocks(await clocks.list(60))).toMatchObject({ ok: true });
  await clocks.tell('web a/1', 12);
  await clocks.tell('worker b/2', 10_800_000);
  await clocks.tell('worker b/2', -10_800_000);
  expect(await clocks.list(60)).toEqual([
    { process: 'web a/1', offsetMs: 12 },
    { process: 'worker b/2', offsetMs: -10_800_000 },
  ]);
  const finding = sayClocks(await clocks.list(60));
  expect(finding).toMatchObject({ ok: false, advice: expect.stringContaining('NTP') as unknown });
  expect(finding.sentence).toBe(
    "worker b/2: The clock of its machine is 10800 s behind the database's, which is gone by instead.",
  );
  await executeSql(ownerUrl, [`update process_clock set looked_at = now() - interval '2 minutes'`]);
  expect(await clocks.list(60)).toEqual([]);
  expect(await clocks.list(600)).toHaveLength(2);
  await executeSql(ownerUrl, [`update process_clock set looked_at = now() - interval '2 hours'`]);
  await clocks.tell('web a/1', 0);
  expect(await clocks.list(86_400)).toEqual([{ process: 'web a/1', offsetMs: 0 }]);
});
