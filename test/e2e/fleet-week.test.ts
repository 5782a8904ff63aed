import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { snapshotWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { callApi } from '../mcp-server/support/api-calls.ts';
import { startFrontEnd } from '../mcp-server/support/start-front-end.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { temporalClient } from '../support/temporal.ts';
import { testStack } from '../support/test-stack.ts';
import { expectedWeek } from './support/fleet-week/expected.ts';
import { happens, hasItsNight, type Week } from './support/fleet-week/happenings.ts';
import { seenWeek } from './support/fleet-week/seen.ts';
import { ROUTERS, SMALL_DISK, WEEK } from './support/fleet-week/timeline.ts';
import { createWeekFleet } from './support/fleet-week/week-fleet.ts';
import { startReceiver, type WebhookReceiver } from './support/webhook-receiver.ts';

interface WeekTest extends Week {
  receiver: WebhookReceiver;
}

async function startWeek(): Promise<WeekTest> {
  const folder = await temporaryFolder();
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const receiver = await startReceiver(secret);
  onTestFinished(() => receiver.close());
  const file = (name: string): string => path.join(folder, name);
  await Promise.all([
    writeFile(file('secret'), secret),
    writeFile(
      file('webhooks.yaml'),
      `endpoints:
  chat: { url: '${receiver.url}', secretFile: ${file('secret')}, allowPrivateAddress: true, groupSeconds: 2 }`,
    ),
    writeFile(
      file('policy.yaml'),
      `health:
  small-disks:
    appliesTo: { tags: [small-disk] }
    diskUsedPercent: { degraded: ${SMALL_DISK.degraded}, critical: ${SMALL_DISK.critical} }`,
    ),
  ]);
  const env = {
    CONVOY_WEBHOOKS_FILE: file('webhooks.yaml'),
    CONVOY_POLICY_FILE: file('policy.yaml'),
    CONVOY_HEALTH_INTERVAL_SECONDS: '10',
    CONVOY_NOTIFICATION_INTERVAL_SECONDS: '1',
    CONVOY_DEVICE_METRICS_SECONDS: '30',
    CONVOY_DRIFT_INTERVAL_SECONDS: '604800',
    CONVOY_SNAPSHOT_SCHEDULE: '0 2 * * *',
  };
  const tags = new Map(
    ROUTERS.map(({ name, site, hasSmallDisk }) => [name, [`site:${site}`, ...(hasSmallDisk ? ['small-disk'] : [])]]),
  );
  const platform = await startPlatform({
    routers: ROUTERS.length,
    workers: 0,
    tags: (name) => tags.get(name) ?? [],
  });
  onTestFinished(() => platform.stop());
  const [client, keyring] = await Promise.all([
    temporalClient({ subject: 'svc-admin', namespace: platform.namespace }),
    loadKeyring({ masterKeyFile: testStack().masterKeyFile }),
    platform.startWorker(env),
    platform.startWorker(env),
  ]);
  onTestFinished(() => client.connection.close());
  const pool = new pg.Pool({ connectionString: platform.postgresUrl, max: 3 });
  onTestFinished(() => pool.end());
  const front = await startFrontEnd({ backEnd: { database: platform.database, fleet: platform.fleet, keyring } });
  const token = await front.tokenOf('admin', {
    scope: 'fleet:read fleet:write fleet:plan fleet:admin',
    aud: front.apiUrl,
  });
  return {
    platform,
    env,
    receiver,
    fleet: createWeekFleet(platform, client, pool),
    certificates: new Map(),
    asAdmin: async (method, route, body) => {
      const answer = await callApi(front, token, method, route, body);
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
      return answer.body;
    },
  };
}

// Days are the routers' own clocks and each of their schedules' runs is asked for; checks, watches, metrics and messages run by
// themselves all the time. It goes on from state to state, never by time.
it('a week of the fleet is told, kept and compared as it was: nothing missing, nothing twice, nothing else', async () => {
  const week = await startWeek();
  const { platform, fleet, receiver } = week;
  await fleet.takeClock();
  for (const { name } of ROUTERS) await fleet.becomes(name, 'healthy');
  await fleet.night();
  for (const { name } of ROUTERS) await week.asAdmin('PUT', `/devices/${name}/baseline`, { comment: 'as built' });

  for (const { day, events } of WEEK) {
    const before = receiver.events.length;
    await fleet.passDay();
    await fleet.compare();
    for (const event of events) await happens(week, event);
    if (!events.some(hasItsNight)) await fleet.night();
    await fleet.quiet();
    if (events.length > 0) continue;
    await Promise.all(ROUTERS.map(({ name }) => fleet.checked(name, 2)));
    await fleet.quiet();
    expect(receiver.events.length - before, `told of day ${day}`).toBe(0);
  }

  const { messages, routers, configurations } = await seenWeek(platform, fleet.pool, receiver);
  const expected = expectedWeek({ certificates: week.certificates });
  expect(routers).toEqual(expected.routers);
  expect(messages).toEqual(expected.messages);
  const ids = receiver.events.map(({ eventId }) => eventId);
  expect([receiver.forged, ids.length - new Set(ids).size]).toEqual([0, 0]);
  expect(Object.keys(configurations)).toHaveLength(ROUTERS.length);
  for (const { name } of ROUTERS) {
    expect(await fleet.known(name), name).toMatchObject({ status: 'healthy', isFlapping: false });
    expect(await platform.database.devices.find(name), name).toMatchObject({
      status: 'healthy',
      breaker: { state: 'closed' },
    });
  }
  expect(complaints(platform)).toEqual([]);
  await expectAllToReplay(platform);
}, 900_000);

/** What workers logged as an error or a warning, besides that routers which were away could not be saved at once. */
function complaints({ workers, devices }: TestPlatform): unknown[] {
  const away = new Set(
    WEEK.flatMap(({ events }) => events).flatMap((event) => {
      if (event.is === 'dead_worker') return [event.router];
      return event.is === 'dead_site' ? ROUTERS.filter(({ site }) => site === event.site).map(({ name }) => name) : [];
    }),
  );
  const tried = new Set(
    devices.filter(({ name }) => away.has(name)).map(({ deviceId }) => snapshotWorkflowId(deviceId)),
  );
  const isExplained = ({ msg, workflowId }: Record<string, unknown>): boolean =>
    msg === 'Workflow failed' && tried.has(String(workflowId));
  return workers.flatMap(({ log }) => log).filter((record) => record['level'] !== 'info' && !isExplained(record));
}
