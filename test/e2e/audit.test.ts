import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ulid } from 'ulid';
import { AUDIT_SCHEDULE_ID } from '../../shared/contract/schedules.ts';
import { samplePlan } from '../shared/platform/persistence/sample-plan.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 1 });
}, 120_000);

afterAll(async () => {
  await platform?.stop();
});

test('the outcome of a write is recorded once, by the workflow when the front end that asked is gone', async () => {
  const { audit } = platform.database;
  const [device] = platform.devices;
  const { deviceId, name } = device!;
  const callId = ulid();
  const request = { action: 'update_dns_servers', actor: 'olga', deviceId, operation: 'update_dns_servers' };
  await audit.append({ ...request, key: `call/${callId}`, outcome: 'requested' });
  const change = (dnsServers: string[]) =>
    platform.fleet.change({
      deviceId,
      deviceName: name,
      cause: {
        by: 'operation',
        operation: 'update_dns_servers',
        input: { dnsServers },
        requestedBy: 'olga',
        correlationId: `from-a-client/${callId}`,
        callId,
      },
    });
  expect(await change(['192.0.2.77'])).toMatchObject({ outcome: 'applied' });
  const record = { ...request, outcome: 'ok', environment: 'lab', details: { result: 'applied' } };
  const of = { deviceId, limit: 10 };
  expect(await audit.list(of)).toMatchObject([
    { ...record, key: `call/${callId}/outcome`, correlationId: 'from-a-client', via: 'workflow' },
    { key: `call/${callId}` },
  ]);
  // The front end comes second and adds nothing.
  expect(await audit.append({ ...request, key: `call/${callId}/outcome`, outcome: 'failed' })).toBe(false);
  expect(await audit.records(of)).toMatchObject([{ key: `call/${callId}`, outcome: 'ok', outcomeSeq: 2 }]);
});

test('the outcome of a proposal, and of a renewed login, is recorded by its workflow', async () => {
  const { audit, plans } = platform.database;
  const [device] = platform.devices;
  const { deviceId, name } = device!;
  const [callId, rotation] = [ulid(), ulid()];
  const wish = samplePlan([device!], { planId: `pln_${callId}`, input: { dnsServers: ['192.0.2.78'] } });
  await plans.create(wish);
  const { planId, kind, environment, rollout, requestedBy, requestedByName, expiresAt } = wish;
  const shared = { planId, kind, environment, rollout, requestedBy, requestedByName, expiresAt };
  const call = { callId, correlationId: 'from-a-client' };
  await platform.fleet.startPlan({ ...shared, deviceIds: [deviceId], call });
  expect(await audit.list({ planId, limit: 10 })).toMatchObject([
    { key: `call/${callId}/outcome`, action: `plan_${kind}`, outcome: 'ok', actor: requestedBy, via: 'workflow' },
  ]);
  const renewed = { rotationId: `rot_${rotation}`, deviceId, deviceName: name, oldUser: null, requestedBy: 'olga' };
  await platform.fleet.rotateLogin({ ...renewed, correlationId: `from-a-client/${rotation}`, callId: rotation });
  expect(await audit.list({ action: 'renew_device_credentials', limit: 10 })).toMatchObject([
    { key: `call/${rotation}/outcome`, outcome: 'ok', deviceId, correlationId: 'from-a-client' },
  ]);
});

test('what a dead process left open is settled, and the end of the chain is told to the log', async () => {
  const { audit, plans } = platform.database;
  const before = new Set((await audit.records({ limit: 50 })).map(({ key }) => key));
  const long = new Date(Date.now() - 20 * 60_000).toISOString();
  const open = { action: 'plan_dns_ntp', actor: 'olga', outcome: 'requested' as const };
  await audit.append({ ...open, key: 'call/left-open', at: long });
  await audit.append({ ...open, key: 'call/just-begun' });
  const [device] = platform.devices;
  const made = samplePlan([device!], { planId: `pln_${ulid()}` });
  await plans.create(made);
  const facts = { digest: 'a'.repeat(64), risk: 'low' as const, riskReasons: [], approvalsNeeded: 1 };
  const { deviceId } = device!;
  const asPrepared = { deviceId, status: 'pending' as const, steps: [], changes: [] };
  await plans.savePrepared(made.planId, { ...facts, devices: [asPrepared] });
  const { planId } = made;
  // Its plan was made, and a rollout of it was terminated by hand: nobody knows what its device has heard.
  await audit.append({ ...open, key: `call/${planId.slice('pln_'.length)}`, at: long });
  await plans.recordDevices([{ planId, deviceId, status: 'applying' }]);
  const change = { action: 'device.change', actor: 'svc-worker', planId, deviceId, outcome: 'requested' as const };
  await audit.append({ ...change, key: `${planId}/apply/${deviceId}/${randomUUID()}`, at: long });
  // Its row was made, and then the process that made it died: no workflow was begun.
  const lost = samplePlan([device!], { planId: `pln_${ulid()}` });
  await plans.create(lost);
  await audit.append({ ...open, key: `call/${lost.planId.slice('pln_'.length)}`, at: long });
  const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
  try {
    await client.schedule.getHandle(AUDIT_SCHEDULE_ID).trigger('ALLOW_ALL');
    const settled = async () => (await audit.records({ limit: 50 })).filter(({ key }) => !before.has(key));
    const left = async () => (await settled()).filter(({ outcome }) => outcome === 'requested');
    await waitUntil('the open records to be settled', async () => (await left()).length === 1);
    expect((await settled()).map(({ action, outcome, code, planId: plan }) => [action, outcome, code, plan])).toEqual([
      ['plan_dns_ntp', 'failed', 'SERVICE_UNAVAILABLE', lost.planId],
      ['device.change', 'unknown', 'OUTCOME_UNKNOWN', planId],
      ['plan_dns_ntp', 'ok', null, planId],
      ['plan_dns_ntp', 'requested', null, null],
      ['plan_dns_ntp', 'unknown', 'OUTCOME_UNKNOWN', null],
    ]);
    expect(await plans.get(lost.planId)).toMatchObject({ status: 'failed', statusReason: expect.any(String) });
    const anchor = await waitUntil('the chain to be anchored', () => audit.lastAnchor());
    const logged = await waitUntil('the anchor in the log', () =>
      platform.workers.flatMap(({ log }) => log).find(({ event }) => event === 'audit.anchor'),
    );
    expect(logged).toMatchObject({ msg: 'audit anchor', seq: anchor.seq, hash: anchor.hash });
    expect(await audit.verify()).toMatchObject({ ok: true });
  } finally {
    await client.connection.close();
  }
});

test('each run of the schedule opens what the run before left it', async () => {
  const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
  const runs = async (status: string): Promise<number> => {
    const query = `WorkflowType = 'auditCareWorkflow' AND ExecutionStatus = '${status}'`;
    return (await client.workflow.count(query)).count;
  };
  try {
    for (const _ of ['first', 'second']) {
      const before = await runs('Completed');
      // Runs are named after the second of their start; two of one second would have one name.
      const second = Math.floor(Date.now() / 1000);
      await waitUntil('the next second', () => Math.floor(Date.now() / 1000) > second);
      await client.schedule.getHandle(AUDIT_SCHEDULE_ID).trigger('BUFFER_ONE');
      await waitUntil('a run of the schedule to end', async () => (await runs('Completed')) > before);
    }
    expect(await runs('Running')).toBe(0);
  } finally {
    await client.connection.close();
  }
});

test('every workflow replays', async () => {
  expect(await expectAllToReplay(platform)).toContain('auditCareWorkflow');
});
