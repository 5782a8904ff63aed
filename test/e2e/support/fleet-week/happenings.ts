import { expect } from 'vitest';
import { CertificateStore } from '../../../../simulator/certificate-store.ts';
import type { Fault } from '../../../../simulator/router/fault.ts';
import type { Device } from '../../../../shared/domain/device.ts';
import type { TestPlatform } from '../../../support/platform.ts';
import { approve, reaches } from '../../../support/plans.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { ROUTERS, type HandEdit, type WeekEvent } from './timeline.ts';
import type { WeekFleet } from './week-fleet.ts';

export interface Week {
  platform: TestPlatform;
  fleet: WeekFleet;
  /** Of a worker. */
  env: Record<string, string>;
  /** What people do, over the HTTP API; answers the body. */
  asAdmin: (method: string, route: string, body: object) => Promise<Record<string, unknown>>;
  /** Of routers whose certificate was renewed. */
  certificates: Map<string, { before: string; after: string }>;
}

/** What every check asks for. */
const RESOURCE = { match: { path: '/system/resource' } };
const PATIENT = { timeoutMs: 180_000 };

/** Whether snapshots of the fleet are taken during it. */
export function hasItsNight({ is }: WeekEvent): boolean {
  return is === 'dead_site' || is === 'dead_worker';
}

/** Has it happen, and goes on only from one state to the next. */
export async function happens(week: Week, event: WeekEvent): Promise<void> {
  const { fleet } = week;
  switch (event.is) {
    case 'short_reboot':
      return shortReboot(fleet, event.router);
    case 'long_reboot':
      await fleet.router(event.router).switchOff();
      await fleet.becomes(event.router, 'unreachable');
      await fleet.quiet();
      return comesBack(fleet, event.router);
    case 'link_flaps':
      return linkFlaps(fleet, event.router);
    case 'hand_edits':
      return handEdits(week, event.edits);
    case 'dead_site':
      return deadSite(fleet, event.site);
    case 'new_certificate':
      return newCertificate(week, event.router);
    case 'full_disk':
      return fullDisk(fleet, event);
    case 'dead_worker':
      return deadWorker(week, event.router);
  }
}

async function comesBack(fleet: WeekFleet, name: string): Promise<void> {
  await fleet.router(name).switchOn();
  await fleet.becomes(name, 'healthy');
  await fleet.quiet();
}

/** Has exactly one check, and no two in a row, meet the fault. */
async function onceForHealth(fleet: WeekFleet, name: string, fault: Fault): Promise<void> {
  for (const { turns } = (await fleet.known(name)).track; ;) {
    await fleet.router(name).setFaults([{ ...fault, ...RESOURCE, count: 1 }]);
    await fleet.look(name);
    await waitUntil(`${fault.kind} of ${name}`, () => fleet.router(name).faults.list()[0]?.count === 0, {
      timeoutMs: 60_000,
    });
    await fleet.checked(name, 2);
    // Metrics are asked for by the same path: what they met health did not.
    if ((await fleet.known(name)).track.turns.length === turns.length + 2) return;
  }
}

async function shortReboot(fleet: WeekFleet, name: string): Promise<void> {
  await onceForHealth(fleet, name, { kind: 'reboot', latencyMs: 50 });
  const up = fleet.router(name).router.clock.uptimeMs();
  expect(up).toBeLessThan(3_600_000);
  expect(await fleet.known(name)).toMatchObject({ status: 'healthy', track: { found: 'healthy' } });
}

async function linkFlaps(fleet: WeekFleet, name: string): Promise<void> {
  while (!(await fleet.known(name)).isFlapping) await onceForHealth(fleet, name, { kind: 'close' });
  // Its beginning and its end are a message each only when the first is told before the second happens.
  await fleet.quiet();
  // Now it is away for long, of which nobody is told who was told that it flaps.
  await fleet.router(name).setFaults([{ kind: 'refuse' }]);
  await fleet.becomes(name, 'unreachable');
  await fleet.router(name).setFaults([]);
  await fleet.becomes(name, 'healthy');
  // An hour goes by in which it answers.
  await waitUntil(
    `${name} to be steady`,
    async () => {
      await fleet.pool.query(
        `update device_status set track = jsonb_set(track, '{turns}',
           (select coalesce(jsonb_agg(turn::bigint - 3600000), '[]') from jsonb_array_elements_text(track->'turns') as turn))
         where device_id = $1`,
        [fleet.device(name).deviceId],
      );
      await fleet.checked(name, 1);
      return !(await fleet.known(name)).isFlapping;
    },
    PATIENT,
  );
  await fleet.quiet();
}

async function handEdits(week: Week, edits: readonly HandEdit[]): Promise<void> {
  const { fleet } = week;
  const added = new Map<string, unknown>();
  for (const { router, menu, edit } of edits) {
    const [entry] = await fleet.edit(router, { path: menu, ...edit });
    added.set(router, entry?.['id']);
  }
  await fleet.together(() => fleet.compare());
  await fleet.quiet();
  for (const { router, menu, becomes } of edits) {
    const { deviceId } = fleet.device(router);
    const [drift] = await week.platform.database.drift.known(deviceId);
    expect(drift, router).toMatchObject({ menu, author: { by: 'admin', match: 'object' }, goneAt: null });
    // By the router's clock, which is days ahead of this one.
    const editedAt = fleet.router(router).router.clock.now();
    expect(Math.abs(Date.parse(drift?.author?.at ?? '') - editedAt), router).toBeLessThan(86_400_000);
    if (becomes === 'acknowledged') {
      const until = new Date(Date.now() + 7 * 86_400_000).toISOString();
      const acknowledgement = { driftIds: [drift?.driftId], reason: 'until the new resolver is there', until };
      await week.asAdmin('POST', `/devices/${router}/drift/acknowledgement`, acknowledgement);
    } else if (becomes === 'set_back') {
      await fleet.edit(router, { path: menu, remove: { '.id': added.get(router) } });
    } else {
      await remediate(week, router);
    }
  }
  await fleet.compare();
  await fleet.quiet();
}

async function remediate({ platform, asAdmin, fleet }: Week, name: string): Promise<void> {
  const { planId } = await asAdmin('POST', `/devices/${name}/drift/remediation`, { comment: 'as built' });
  const plan = await reaches(platform, String(planId), ['awaiting_approval']);
  await fleet.quiet();
  await approve(platform, { planId: plan.planId, digest: plan.digest ?? '' } as Parameters<typeof approve>[1]);
  await reaches(platform, plan.planId, ['completed']);
  const { deviceId } = fleet.device(name);
  await waitUntil('the drift to be gone', async () => (await platform.database.drift.known(deviceId)).length === 0);
  await fleet.quiet();
}

async function deadSite(fleet: WeekFleet, site: string): Promise<void> {
  const names = ROUTERS.filter((one) => one.site === site).map(({ name }) => name);
  await fleet.together(async () => {
    await Promise.all(names.map((name) => fleet.router(name).switchOff()));
    await Promise.all(names.map((name) => fleet.becomes(name, 'unreachable')));
  });
  await fleet.quiet();
  const failed = await fleet.failedSnapshots();
  const night = fleet.night();
  await waitUntil(
    `routers of ${site} to be tried again`,
    async () => (await fleet.failedSnapshots()) >= failed + names.length,
    PATIENT,
  );
  await fleet.together(async () => {
    await Promise.all(names.map((name) => fleet.router(name).switchOn()));
    await Promise.all(names.map((name) => fleet.becomes(name, 'healthy')));
  });
  await night;
}

async function newCertificate({ platform, fleet, certificates, asAdmin }: Week, name: string): Promise<void> {
  const router = fleet.router(name);
  const before = router.fingerprint ?? '';
  router.changeCertificate(await new CertificateStore(undefined).renew(name, router.host));
  const after = router.fingerprint ?? '';
  certificates.set(name, { before, after });
  await fleet.becomes(name, 'critical');
  await fleet.quiet();
  // For as long as nobody trusts it, it is not told again.
  await fleet.checked(name, 2);
  const trustedAt = new Date().toISOString();
  await asAdmin('PATCH', `/devices/${name}`, { fingerprint256: after });
  await fleet.becomes(name, 'healthy');
  // A lane that is open looks at its device's settings every few seconds.
  await waitUntil(
    `the lane of ${name} to trust it`,
    () => isLaneAnew(platform, fleet.device(name), trustedAt),
    PATIENT,
  );
}

/** Whether the device's lane is closed, or was opened after the time. */
function isLaneAnew({ workers }: TestPlatform, { deviceId }: Device, since: string): boolean {
  const records = workers.flatMap(({ log }) => log).filter((record) => record['deviceId'] === deviceId);
  const last = records
    .filter(({ event }) => event === 'lane.opened' || event === 'lane.closed')
    .toSorted((one, other) => (String(one['time']) < String(other['time']) ? -1 : 1))
    .at(-1);
  return last === undefined || last['event'] === 'lane.closed' || String(last['time']) > since;
}

async function fullDisk(
  fleet: WeekFleet,
  { router: name, fullPercent, barelyPercent }: Extract<WeekEvent, { is: 'full_disk' }>,
): Promise<void> {
  const router = fleet.router(name);
  const [resource] = router.router.rows('/system/resource');
  const total = Number(resource?.['total-hdd-space']);
  const uses = (percent: number): Promise<void> => {
    const free = Math.floor((total * (100 - percent)) / 100);
    const detail = JSON.stringify({ ...resource, 'free-hdd-space': String(free) });
    return router.setFaults([{ kind: 'wrong_body', ...RESOURCE, detail }]);
  };
  await uses(fullPercent);
  await fleet.becomes(name, 'critical');
  await fleet.quiet();
  // A value that is only just below its limit makes nothing better.
  await uses(barelyPercent);
  await fleet.checked(name, 4);
  expect((await fleet.known(name)).status).toBe('critical');
  await router.setFaults([]);
  await fleet.becomes(name, 'healthy');
}

async function deadWorker({ platform, fleet, env }: Week, name: string): Promise<void> {
  const saved = await fleet.count(SAVED);
  await fleet.router(name).switchOff();
  const night = fleet.night();
  await waitUntil('a first snapshot of the night', async () => (await fleet.count(SAVED)) > saved, PATIENT);
  await platform.workers[0]?.kill('SIGKILL');
  await platform.startWorker(env);
  await fleet.becomes(name, 'unreachable');
  await fleet.quiet();
  await fleet.router(name).switchOn();
  await fleet.becomes(name, 'healthy');
  await night;
}

const SAVED = `select count(*) from snapshot where reason = 'scheduled'`;
