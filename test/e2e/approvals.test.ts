import type { Client } from '@temporalio/client';
import { Client as PostgresClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { planWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { approve, meet, propose, reaches, signalAs, writesOf } from '../support/plans.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 13 });
  await meet(platform, 'anna', ['approver']);
  await meet(platform, 'bert', ['approver']);
  await meet(platform, 'olga', ['operator', 'approver']);
  await meet(platform, 'vera', ['viewer']);
}, 120_000);
afterAll(() => platform?.stop());

/** Waits until the plan says why a decision did not count. */
async function refusalOf(plan: PreparedPlan): Promise<string> {
  const found = await waitUntil('a refused decision', async () => {
    const row = await platform.database.plans.get(plan.planId);
    return row?.refusedDecisions.at(-1);
  });
  return found.code;
}

async function expectStillWaiting(plan: PreparedPlan): Promise<void> {
  const row = await platform.database.plans.get(plan.planId);
  expect(row).toMatchObject({ status: 'awaiting_approval', approvals: [] });
  const audit = await platform.database.audit.list({ planId: plan.planId, limit: 50 });
  expect(audit.filter((event) => event.outcome === 'refused')).toHaveLength(1);
}

const decision = (plan: PreparedPlan) => ({ digest: plan.digest, comment: '' });

describe('a decision sent straight to Temporal does not count when it', () => {
  it.each<[string, string, (plan: PreparedPlan) => Promise<void>]>([
    [
      'claims to be an approver with the worker’s token',
      'APPROVAL_INVALID',
      (plan) => signalAs(platform, 'svc-worker', plan.planId, 'approve', decision(plan), 'cli:anna'),
    ],
    [
      'is sent by the front end itself on behalf of an approver',
      'APPROVAL_INVALID',
      (plan) =>
        signalAs(platform, 'svc-web', plan.planId, 'approve', { ...decision(plan), onBehalfOf: 'anna' }, 'cli:anna'),
    ],
    [
      'claims to be an approver with the requester’s token',
      'APPROVAL_BY_REQUESTER',
      (plan) => signalAs(platform, 'olga', plan.planId, 'approve', decision(plan), 'cli:anna'),
    ],
    [
      'comes from a person without the role',
      'APPROVAL_ROLE_MISSING',
      (plan) => signalAs(platform, 'vera', plan.planId, 'approve', decision(plan)),
    ],
    [
      'comes from a person nobody knows',
      'APPROVAL_ROLE_MISSING',
      (plan) => signalAs(platform, 'mallory', plan.planId, 'approve', decision(plan)),
    ],
    [
      'names another digest',
      'APPROVAL_DIGEST_MISMATCH',
      (plan) => signalAs(platform, 'anna', plan.planId, 'approve', { digest: 'f'.repeat(64) }),
    ],
    ['has no digest', 'APPROVAL_MALFORMED', (plan) => signalAs(platform, 'anna', plan.planId, 'approve', {})],
    [
      'has a field that does not exist',
      'APPROVAL_MALFORMED',
      (plan) => signalAs(platform, 'anna', plan.planId, 'approve', { ...decision(plan), by: 'anna' }),
    ],
  ])('%s', async (_, code, send) => {
    const plan = await propose(platform);
    await send(plan);
    expect(await refusalOf(plan)).toBe(code);
    await expectStillWaiting(plan);
  });
});

describe('a plan', () => {
  it('of high risk waits for two different people', async () => {
    const plan = await propose(platform, { rollout: { apply: 'on_request' } });
    expect(plan).toMatchObject({ risk: 'high', approvalsNeeded: 2 });
    await approve(platform, plan, 'anna');
    await signalAs(platform, 'anna', plan.planId, 'approve', decision(plan));
    expect(await refusalOf(plan)).toBe('APPROVAL_DUPLICATE');
    await approve(platform, plan, 'bert');
    const approved = await reaches(platform, plan.planId, ['approved']);
    expect(approved.approvals.map(({ by, via }) => [by, via])).toEqual([
      ['anna', 'cli'],
      ['bert', 'cli'],
    ]);
  });

  it('is over when an approver rejects it, and says who and why', async () => {
    const plan = await propose(platform);
    await signalAs(platform, 'anna', plan.planId, 'reject', { ...decision(plan), comment: 'wrong resolvers' });
    const rejected = await reaches(platform, plan.planId, ['rejected']);
    expect(rejected.statusReason).toContain('anna');
    expect(rejected.statusReason).toContain('wrong resolvers');
  });

  it('expires when nobody decides', async () => {
    const plan = await propose(platform, { expiresInMs: 4_000 });
    expect((await reaches(platform, plan.planId, ['expired'])).approvals).toEqual([]);
  });

  it('loses its votes when its workflow is reset', async () => {
    const plan = await propose(platform, { rollout: { apply: 'on_request' } });
    await approve(platform, plan, 'anna');
    await waitUntil('the vote', async () => (await platform.database.plans.get(plan.planId))?.approvals.length === 1);
    await resetToStartOf(plan);
    await signalAs(platform, 'bert', plan.planId, 'approve', decision(plan));
    const over = await reaches(platform, plan.planId, ['cancelled']);
    expect(over.approvals).toEqual([]);
    expect(over.statusReason).toContain('reset');
  });

  it('is not approved by its requester under another subject with the same e-mail', async () => {
    await platform.database.people.seen({
      sub: 'olga-at-the-browser',
      issuer: 'https://idp.example.test',
      email: 'OLGA@example.test',
      name: 'Olga',
      grants: [{ roles: ['approver'], devices: [{ all: true }] }],
    });
    const plan = await propose(platform);
    await signalAs(platform, 'olga-at-the-browser', plan.planId, 'approve', decision(plan));
    expect(await refusalOf(plan)).toBe('APPROVAL_BY_REQUESTER');
    await expectStillWaiting(plan);
  });

  it('is not rolled out a second time when its finished workflow is reset to after its approval', async () => {
    const [device] = platform.devices.slice(11);
    const plan = await propose(platform, { devices: [device!], input: { dnsServers: ['9.9.9.12'] } });
    await approve(platform, plan);
    await reaches(platform, plan.planId, ['completed']);
    const { router } = platform.simulator.routers[11]!;
    const written = router.journal.entries().length;
    await resetToAfterTheVote(plan);
    const over = await reaches(platform, plan.planId, ['failed']);
    expect(over.statusReason).toContain('APPROVAL_VOID_AFTER_RESET');
    expect(router.journal.entries()).toHaveLength(written);
  });

  it('says what devices hold of it when it was carried out and its workflow is reset to before the votes', async () => {
    const [device] = platform.devices.slice(12);
    const plan = await propose(platform, { devices: [device!], input: { dnsServers: ['9.9.9.12'] } });
    await approve(platform, plan);
    await reaches(platform, plan.planId, ['completed']);
    await resetToStartOf(plan);
    const over = await reaches(platform, plan.planId, ['failed', 'cancelled']);
    expect(over).toMatchObject({ status: 'failed', approvals: [], rollbackUntil: null });
    expect(over.statusReason).toContain('One device holds something of the plan');
    expect(over.devices.map(({ status }) => status)).toEqual(['applied']);
  });

  it('changes nothing when its rows were altered after approval', async () => {
    const plan = await propose(platform, { devices: platform.devices.slice(0, 2), rollout: { apply: 'on_request' } });
    await approve(platform, plan);
    await reaches(platform, plan.planId, ['approved']);
    const client = new PostgresClient({ connectionString: platform.postgresUrl });
    await client.connect();
    await client.query(
      `update plan_device set steps = replace(steps::text, '9.9.9.9', '6.6.6.6')::json where plan_id = $1`,
      [plan.planId],
    );
    await client.end();
    await platform.fleet.signalPlan(plan.planId, 'apply', { onBehalfOf: 'olga' });
    const failed = await reaches(platform, plan.planId, ['failed', 'completed', 'rolling_out']);
    expect(failed).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('PLAN_TAMPERED') });
    expect(writesOf(platform, 'lab-01')).toEqual({});
  });

  it('that would change nothing is refused', async () => {
    const [device] = platform.devices;
    const reply = await platform.fleet.read({
      deviceId: device!.deviceId,
      operation: 'get_dns_status',
      input: {},
    });
    const input = { dnsServers: reply.output['servers'] };
    await expect(propose(platform, { devices: [device!], input })).rejects.toMatchObject({ code: 'PLAN_EMPTY' });
  });
});

/** Before the vote was read. */
async function resetToStartOf(plan: PreparedPlan): Promise<void> {
  await reset(plan, (events) => {
    const votedAt = events.findIndex((event) => event.workflowExecutionSignaledEventAttributes);
    return events.slice(0, votedAt).findLast((event) => event.workflowTaskCompletedEventAttributes);
  });
}

/** After the vote was counted and before the rollout was started. */
async function resetToAfterTheVote(plan: PreparedPlan): Promise<void> {
  await reset(plan, (events) => {
    const startedAt = events.findIndex(({ startChildWorkflowExecutionInitiatedEventAttributes: child }) => {
      return child?.workflowType?.name === 'rolloutWorkflow';
    });
    return events.slice(0, startedAt).findLast((event) => event.workflowTaskCompletedEventAttributes);
  });
}

type Event = NonNullable<
  NonNullable<Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>['history']>['events']
>[number];

async function reset(plan: PreparedPlan, choose: (events: Event[]) => Event | undefined): Promise<void> {
  const { namespace } = platform;
  const client = await temporalClient({ subject: 'mallory', namespace });
  const execution = { workflowId: planWorkflowId(plan.planId) };
  const { history } = await client.workflowService.getWorkflowExecutionHistory({ namespace, execution });
  await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: execution,
    reason: 'test',
    requestId: crypto.randomUUID(),
    workflowTaskFinishEventId: choose(history?.events ?? [])?.eventId,
  });
  await client.connection.close();
}
