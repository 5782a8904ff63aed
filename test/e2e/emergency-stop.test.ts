import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliRun } from '../cli/support/run-cli.ts';
import { startServices, type TestServices } from '../cli/support/start-services.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { approve, meet, propose, reaches, signalAs, writesOf } from '../support/plans.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;
let services: TestServices;
let folder: string;
/** Each test changes routers of its own. */
let used = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'convoy-policy-'));
  const policyFile = path.join(folder, 'policy.yaml');
  await writeFile(policyFile, POLICY);
  platform = await startPlatform({ routers: 13, workers: 0 });
  await platform.startWorker({ CONVOY_POLICY_FILE: policyFile, CONVOY_PHASE: '5' });
  services = await startServices(platform);
}, 120_000);
afterAll(async () => {
  await services?.close();
  await platform?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A clock of UTC so many hours from now. */
const clock = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);

const POLICY = `
windows:
  later: { appliesTo: { devices: [lab-13] }, timeZone: UTC, from: "${clock(6)}", to: "${clock(7)}" }
autoApproval:
  lab-clocks:
    environments: [lab]
    planKinds: [dns_ntp]
    maxDevices: 2
    requesters: { roles: [operator] }
`;

function take(count: number): TestPlatform['devices'] {
  return platform.devices.slice(used, (used += count));
}

async function convoy(...args: string[]): Promise<CliRun> {
  const run = await runCli(args, { env: services.env });
  expect(run, args.join(' ')).toMatchObject({ code: 0 });
  return run;
}

/** Stops the laboratory as an operator does, and answers the id of the stop. */
async function stopLab(reason: string): Promise<string> {
  const { stdout } = await convoy('stop', '--environment', 'lab', '--reason', reason, '--user', 'operator', '--json');
  return (JSON.parse(stdout) as { stopId: string }).stopId;
}

const lift = (stopId: string): Promise<CliRun> =>
  convoy('stop', 'lift', stopId, '--reason', 'they answer again', '--user', 'admin');

const control = (planId: string, signal: 'resume' | 'rollback' | 'apply'): Promise<void> =>
  platform.fleet.signalPlan(planId, signal, { comment: 'test', onBehalfOf: 'olga' });

const statusesOf = (plan: { devices: { status: string }[] }): string[] => plan.devices.map(({ status }) => status);
const dnsWrites = (device: { name: string } | undefined): number => writesOf(platform, device!.name)['/ip/dns'] ?? 0;

describe('an emergency stop', () => {
  it('pauses a rollout in the middle of a batch, holds through a resume, and lets it end once it is lifted', async () => {
    const devices = take(4);
    const [canary, first, second, last] = devices;
    const plan = await propose(platform, { devices, input: { dnsServers: ['9.9.9.9'] } });
    // The second of the batch is still looked at while the first is written.
    const slow = platform.simulator.routers.find(({ name }) => name === second?.name);
    await slow?.setFaults([{ kind: 'hang', match: { method: 'GET', path: '/system/resource' } }]);
    await approve(platform, plan);
    await waitUntil('the first of the batch', () => dnsWrites(first) === 1, { timeoutMs: 60_000 });
    const stopId = await stopLab('wrong resolvers');
    await slow?.setFaults([]);

    const paused = await reaches(platform, plan.planId, ['paused', 'completed', 'failed']);
    expect(paused).toMatchObject({
      status: 'paused',
      statusReason: expect.stringMatching(/EMERGENCY_STOP.*wrong resolvers/),
    });
    expect(statusesOf(paused)).toEqual(['applied', 'applied', 'pending', 'pending']);
    expect([canary, first, second, last].map(dnsWrites)).toEqual([1, 1, 0, 0]);

    const change = { by: 'operation', operation: 'update_dns_servers', input: { dnsServers: ['9.9.9.10'] } } as const;
    const direct = await platform.fleet.change({
      deviceId: last!.deviceId,
      deviceName: last!.name,
      cause: { ...change, requestedBy: 'olga', correlationId: 'past-the-front-end' },
    });
    expect(direct).toMatchObject({ outcome: 'refused', error: { code: 'EMERGENCY_STOP' } });

    await control(plan.planId, 'resume');
    await waitUntil('the resume and a second pause', async () => {
      const events = await platform.database.audit.list({ planId: plan.planId, limit: 50 });
      return events.some(({ action, outcome }) => action === 'plan.resume' && outcome === 'ok');
    });
    const again = await reaches(platform, plan.planId, ['paused']);
    expect(again.statusReason).toContain('EMERGENCY_STOP');
    expect((await convoy('stop', 'list', '--user', 'viewer')).stdout).toContain(stopId);

    await lift(stopId);
    expect((await platform.database.plans.get(plan.planId))?.status).toBe('paused');
    expect([second, last].map(dnsWrites)).toEqual([0, 0]);
    await control(plan.planId, 'resume');
    const done = await reaches(platform, plan.planId, ['completed', 'failed']);
    expect(statusesOf(done)).toEqual(['applied', 'applied', 'applied', 'applied']);
    expect([canary, first, second, last].map(dnsWrites)).toEqual([1, 1, 1, 1]);
  }, 120_000);

  it('is heard in the pause between batches, and does not forbid a person to put back what was changed', async () => {
    const devices = take(2);
    const plan = await propose(platform, {
      devices,
      input: { dnsServers: ['9.9.9.9'] },
      rollout: { pauseSeconds: 600 },
    });
    await approve(platform, plan);
    await waitUntil('the canary', () => dnsWrites(devices[0]) === 1, { timeoutMs: 60_000 });
    const stopId = await stopLab('wrong resolvers');
    const paused = await reaches(platform, plan.planId, ['paused', 'completed', 'failed']);
    expect(statusesOf(paused)).toEqual(['applied', 'pending']);
    await control(plan.planId, 'rollback');
    const back = await reaches(platform, plan.planId, ['rolled_back', 'rollback_incomplete']);
    expect(back.status).toBe('rolled_back');
    expect(devices.map(dnsWrites)).toEqual([2, 0]);
    await lift(stopId);
  }, 120_000);

  it('ends a rollback that was asked for before it, and not one that is asked for after it', async () => {
    const devices = take(2);
    const plan = await propose(platform, { devices, input: { dnsServers: ['9.9.9.9'] }, rollout: { batchSize: 1 } });
    await approve(platform, plan);
    await reaches(platform, plan.planId, ['completed']);
    // The newest is put back first, and looked at for as long as it takes to place the stop.
    const slow = platform.simulator.routers.find(({ name }) => name === devices[1]?.name);
    await slow?.setFaults([{ kind: 'hang', match: { method: 'GET', path: '/system/resource' } }]);
    await control(plan.planId, 'rollback');
    await reaches(platform, plan.planId, ['rolling_back']);
    const stop = {
      stopId: 'stp_01M8Z0000000000000000000BB',
      reason: 'a drill',
      placedBy: 'olga',
      placedByName: 'Olga',
    };
    await platform.database.stops.place({ ...stop, scope: { on: 'all' } });
    await slow?.setFaults([]);
    const ended = await reaches(platform, plan.planId, ['failed', 'rolled_back', 'rollback_incomplete']);
    expect(ended).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('EMERGENCY_STOP') });
    expect(statusesOf(ended)).toEqual(['applied', 'applied']);
    expect(devices.map(dnsWrites)).toEqual([1, 1]);
    await control(plan.planId, 'rollback');
    const back = await reaches(platform, plan.planId, ['rolled_back', 'rollback_incomplete']);
    expect(back.status).toBe('rolled_back');
    await platform.database.stops.lift(stop.stopId, { by: 'ada', byName: 'Ada', reason: 'over' });
  }, 120_000);

  it('keeps an approved plan from beginning, also when it is lifted, until somebody asks for it', async () => {
    const devices = take(1);
    const { deviceId } = devices[0]!;
    const stop = {
      stopId: 'stp_01M8Z0000000000000000000AA',
      reason: 'a drill',
      placedBy: 'olga',
      placedByName: 'Olga',
    };
    const plan = await propose(platform, { devices, input: { dnsServers: ['9.9.9.9'] } });
    await platform.database.stops.place({ ...stop, scope: { on: 'device', deviceId } });
    await approve(platform, plan);
    const held = await waitUntil('the reason', async () => {
      const row = await platform.database.plans.get(plan.planId);
      return row?.statusReason?.includes('EMERGENCY_STOP') === true && row;
    });
    expect(held.status).toBe('approved');
    await platform.database.stops.lift(stop.stopId, { by: 'ada', byName: 'Ada', reason: 'over' });
    await control(plan.planId, 'apply');
    expect((await reaches(platform, plan.planId, ['completed', 'failed'])).status).toBe('completed');
  }, 60_000);
});

describe('the people behind a plan', () => {
  it('must still hold their roles, and their access, when it begins', async () => {
    const devices = take(1);
    const propositions = ['olga-who-leaves', 'olga', 'oskar'].map((requestedBy) =>
      propose(platform, { devices, requestedBy, input: { dnsServers: ['9.9.9.9'] }, rollout: { apply: 'on_request' } }),
    );
    const [ofLeaver, ofOlga, ofRevoked] = await Promise.all(propositions);
    for (const plan of [ofLeaver!, ofOlga!, ofRevoked!]) {
      await approve(platform, plan, 'anna');
      await reaches(platform, plan.planId, ['approved']);
    }
    await meet(platform, 'olga-who-leaves', ['viewer']);
    await control(ofLeaver!.planId, 'apply');
    const withoutRequester = await reaches(platform, ofLeaver!.planId, ['failed', 'completed']);
    expect(withoutRequester).toMatchObject({
      status: 'failed',
      statusReason: expect.stringContaining('PLAN_REQUESTER_WITHDRAWN'),
    });

    await platform.database.revocations.add({
      kind: 'user',
      subject: 'oskar@example.test',
      comment: 'left',
      revokedBy: 'ada',
    });
    await control(ofRevoked!.planId, 'apply');
    expect((await reaches(platform, ofRevoked!.planId, ['failed', 'completed'])).statusReason).toContain(
      'PLAN_REQUESTER_WITHDRAWN',
    );

    await meet(platform, 'anna', ['viewer']);
    await control(ofOlga!.planId, 'apply');
    const withoutApprover = await reaches(platform, ofOlga!.planId, ['failed', 'completed']);
    expect(withoutApprover).toMatchObject({
      status: 'failed',
      statusReason: expect.stringContaining('PLAN_APPROVER_WITHDRAWN'),
    });
    expect(dnsWrites(devices[0])).toBe(0);
  }, 60_000);
});

describe('a rule of the policy', () => {
  it('approves a plan of low risk, on record with rule and policy, and leaves others to people', async () => {
    const devices = take(2);
    const plan = await propose(platform, { devices, input: { ntpServers: ['162.159.200.1'] } });
    expect(plan.risk).toBe('low');
    const done = await reaches(platform, plan.planId, ['completed', 'failed']);
    expect(done).toMatchObject({ status: 'completed', approvals: [{ by: 'policy:lab-clocks', via: 'policy' }] });
    const events = await platform.database.audit.list({ planId: plan.planId, limit: 50 });
    expect(events.filter(({ action }) => action === 'plan.auto_approve')).toMatchObject([
      {
        actor: 'policy:lab-clocks',
        outcome: 'ok',
        details: {
          rule: 'autoApproval.lab-clocks',
          digest: plan.digest,
          policyDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ]);
    const medium = await propose(platform, { devices, input: { dnsServers: ['9.9.9.11'] } });
    expect((await platform.database.plans.get(medium.planId))?.status).toBe('awaiting_approval');
  }, 60_000);

  it('lets no write to one device begin whose window closed while it waited', async () => {
    const { deviceId, name } = platform.devices[12]!;
    // The front end that let it through knew the window as open.
    const result = await platform.fleet.change({
      deviceId,
      deviceName: name,
      cause: {
        by: 'operation',
        operation: 'update_dns_servers',
        input: { dnsServers: ['9.9.9.9'] },
        requestedBy: 'olga',
        correlationId: 'waited',
      },
    });
    expect(result).toMatchObject({
      outcome: 'refused',
      error: { code: 'POLICY_REFUSED', details: { rule: 'windows.later' } },
    });
    expect(dnsWrites(platform.devices[12])).toBe(0);
  }, 60_000);

  it('has an approved plan wait for its maintenance window', async () => {
    const plan = await propose(platform, { devices: [platform.devices[12]!], input: { dnsServers: ['9.9.9.9'] } });
    await approve(platform, plan, 'bert');
    const waiting = await waitUntil('the reason', async () => {
      const row = await platform.database.plans.get(plan.planId);
      return row?.statusReason?.includes('windows.later') === true && row;
    });
    expect(waiting).toMatchObject({ status: 'approved', statusReason: expect.stringContaining('It begins at') });
    await signalAs(platform, 'olga', plan.planId, 'cancel', {});
    await reaches(platform, plan.planId, ['cancelled']);
    expect(dnsWrites(platform.devices[12])).toBe(0);
  }, 60_000);
});

it('every history replays', async () => {
  const types = await expectAllToReplay(platform);
  for (const type of ['planWorkflow', 'rolloutWorkflow', 'rollbackWorkflow', 'deviceChangeWorkflow']) {
    expect(types).toContain(type);
  }
}, 60_000);
