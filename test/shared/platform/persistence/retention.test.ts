import { expect, test } from 'vitest';
import { createRetentionActivities } from '../../../../activities/fleet/remove-old.ts';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import { RETENTION_RULES } from '../../../../shared/contract/retention-messages.ts';
import { RETENTION_BATCH } from '../../../../shared/platform/persistence/retention.ts';
import { ulid } from 'ulid';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import { samplePlan } from './sample-plan.ts';

const DAY_MS = 86_400_000;

function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString();
}

test('plans go with everything of theirs once they are over for long enough, and no others', async () => {
  const database = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await database.devices.insert(device, 'cv1.k.a.b');
  const planOf = async (ageDays: number, changed: string): Promise<string> => {
    const planId = `pln_${ulid(Date.now() - ageDays * DAY_MS)}`;
    await database.plans.create(samplePlan([device], { planId }));
    await executeSql(database.ownerUrl, [
      `update plan set created_at = '${daysAgo(ageDays)}', expires_at = '${daysAgo(ageDays - 1)}',
         ${changed} where plan_id = '${planId}'`,
    ]);
    return planId;
  };
  const old = await planOf(500, `status = 'completed', rollback_until = '${daysAgo(499)}'`);
  const kept = [
    await planOf(300, `status = 'completed'`),
    await planOf(500, `status = 'rolling_out'`),
    await planOf(500, `status = 'completed', rollback_until = now() + interval '1 day'`),
    await planOf(500, `status = 'failed', claimed_at = now()`),
  ];
  await executeSql(database.ownerUrl, [
    `insert into webhook_event (event_id, key, type, plan_id, body, occurred_at)
     values ('evt_1', 'k', 'plan.completed', '${old}', '{}', now())`,
    `insert into webhook_delivery (event_id, endpoint, state, changed_at) values ('evt_1', 'chat', 'delivered', now())`,
  ]);
  expect(await database.retention.removeBatch('plans', 400)).toBe(1);
  expect(await database.retention.removeBatch('plans', 400)).toBe(0);
  expect(await database.plans.get(old)).toBeNull();
  for (const planId of kept) expect(await database.plans.get(planId), planId).not.toBeNull();
  const left = await executeSql(database.ownerUrl, [
    'select count(*)::int as n from webhook_delivery',
    `select count(*)::int as n from plan_device where plan_id = '${old}'`,
  ]);
  expect(left).toEqual([[{ n: 0 }], [{ n: 0 }]]);
});

test('an attempt goes on until nothing is left or its time is up, and says which', async () => {
  const database = await openTestDatabase();
  await executeSql(database.ownerUrl, [
    `insert into quota_use select 'sub' || n, current_date - 9, 'calls', 1 from generate_series(1, ${RETENTION_BATCH + 50}) n`,
  ]);
  const clock = [0, 1, 30_000];
  const activities = (now: () => number) =>
    createRetentionActivities({ retention: database.retention, log: { info: () => {} }, beat: () => {}, now });
  expect(await activities(() => clock.shift() ?? 30_000).removeOld({ rule: 'quotas', keepDays: 2 })).toEqual({
    removed: RETENTION_BATCH,
    isDone: false,
  });
  expect(await activities(Date.now).removeOld({ rule: 'quotas', keepDays: 2 })).toEqual({ removed: 50, isDone: true });
});

test('every rule runs on a database with nothing in it, as the role of the processes', async () => {
  const database = await openTestDatabase();
  for (const rule of RETENTION_RULES) expect(await database.retention.removeBatch(rule, 1), rule).toBe(0);
});

/** What never goes, and why; and what goes by rules of its own. */
const NOT_REMOVED: Record<string, string> = {
  migration: 'one row a migration',
  device: 'one row a router; what was done to it names it',
  device_credential: 'goes with its router',
  device_lane: 'one row a router',
  device_health: 'one row a router',
  device_status: 'one row a router',
  device_status_change: 'a bounded number for each router',
  device_baseline: 'one row a router',
  baseline_move: 'goes with the next baseline',
  drift: 'removed by its own schedule',
  health_sample: 'a bounded number for each router',
  metric_series: 'one row for each interface and pool',
  metric_counters: 'one row a router',
  metric_progress: 'one row a resolution',
  snapshot: 'removed by its own schedule',
  snapshot_text: 'goes with the last snapshot of it',
  person: 'one row a person',
  revocation: 'holds until somebody lifts it',
  access_file: 'one row',
  platform_secret: 'one row a secret',
  web_process: 'goes with its process',
  process_clock: 'forgotten an hour after its process told last',
  stream_lease: 'goes with its stream',
  fleet_event: 'removed when new ones come',
  webhook_notice: 'goes with what was told in it',
  webhook_delivery: 'goes with its event',
  plan_device: 'goes with its plan',
  audit_event: 'convoy audit prune',
  audit_head: 'one row',
  audit_anchor: 'a few a day',
  audit_checkpoint: 'one row a prune',
};

const REMOVED = ['plan', 'webhook_event', 'emergency_stop', 'credential_rotation', 'call', 'gateway_session'].concat([
  'quota_use',
  'quota_device',
  'quota_plan',
]);

test('of every table it is known whether it can grow for ever', async () => {
  const { ownerUrl } = await openTestDatabase();
  const [rows] = (await executeSql(ownerUrl, [
    `select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
       and relkind in ('r', 'p') and not relispartition and relname !~ '^metric_(device|interface|pool)_(raw|hour|day)$'`,
  ])) as [{ name: string }[]];
  const known = [...Object.keys(NOT_REMOVED), ...REMOVED].sort();
  expect(rows.map(({ name }) => name).sort()).toEqual(known);
});
