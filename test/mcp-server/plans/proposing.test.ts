import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { CapabilityFlags } from '../../../shared/domain/device.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const SERVERS = { dnsServers: ['9.9.9.9'] };

async function propose(front: TestFrontEnd, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  const answer = await callTool(front, await front.tokenOf('operator'), 'plan_dns_ntp', { ...SERVERS, ...args });
  return { isError: answer.isError === true, ...answer.structuredContent };
}

describe('a proposed plan', () => {
  it('is answered whole, with links to where people decide', async () => {
    const front = await startFrontEnd({ planExpiresSeconds: 3600 });
    const first = await addDevice(front.database, 'lab-01');
    const second = await addDevice(front.database, 'lab-02');
    const plan = await propose(front, {
      deviceIds: ['lab-02', first.deviceId],
      rollout: { batchSize: 2, pauseSeconds: 0 },
      comment: 'new resolvers',
    });
    const planId = String(plan['planId']);
    expect(planId).toMatch(/^pln_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(plan).toMatchObject({
      kind: 'dns_ntp',
      status: 'awaiting_approval',
      environment: 'lab',
      digest: 'a'.repeat(64),
      requestedBy: 'operator@convoy.test',
      comment: 'new resolvers',
      approvals: [],
      approvalsNeeded: 1,
      rollout: { canary: 1, batchSize: 2, pauseSeconds: 0, autoRollback: true, apply: 'on_approval' },
      devices: [
        { deviceId: second.deviceId, name: 'lab-02', status: 'pending', changes: [{ path: '/ip/dns' }] },
        { deviceId: first.deviceId, name: 'lab-01', status: 'pending' },
      ],
      progress: { applied: 0, failed: 0, pending: 2, skipped: 0, deferred: 0, total: 2 },
      links: {
        console: `${front.url}/plans/${planId}`,
        temporal: `${front.approvalUrl}/namespaces/fleet-one/workflows/plan%2F${planId}`,
      },
    });
    const lifetimeMs = Date.parse(String(plan['expiresAt'])) - Date.parse(String(plan['createdAt']));
    expect(Math.abs(lifetimeMs - 3_600_000)).toBeLessThan(5000);
    expect(front.fleet.started).toMatchObject([
      { planId, kind: 'dns_ntp', deviceIds: [second.deviceId, first.deviceId], requestedBy: 'operator@convoy.test' },
    ]);
    expect(await front.database.plans.get(planId)).toMatchObject({ input: SERVERS });
  });

  it('freezes what a selector meets at that moment', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01', { tags: ['core'] });
    await addDevice(front.database, 'lab-02', { tags: ['edge'] });
    const plan = await propose(front, { selector: { tags: ['core'] } });
    await addDevice(front.database, 'lab-03', { tags: ['core'] });
    const later = await callTool(front, await front.tokenOf('viewer'), 'get_plan', { planId: plan['planId'] });
    expect(later.structuredContent).toMatchObject({ devices: [{ name: 'lab-01' }] });
  });
});

describe('is refused with its own code, makes no plan and leaves one audit event', () => {
  interface Case {
    args: Record<string, unknown>;
    code: string;
    says: RegExp;
    arrange?: (front: TestFrontEnd) => Promise<unknown>;
  }
  const cases: Record<string, Case> = {
    'no device': { args: { deviceIds: [] }, code: 'DEVICE_COUNT_OUT_OF_RANGE', says: /would cover 0/ },
    'more than 1000 devices': {
      args: { deviceIds: Array.from({ length: 1001 }, (_, index) => `lab-${index}`) },
      code: 'DEVICE_COUNT_OUT_OF_RANGE',
      says: /would cover 1001/,
    },
    'a selector that meets nothing': {
      args: { selector: { tags: ['nowhere'] } },
      code: 'DEVICE_COUNT_OUT_OF_RANGE',
      says: /No device that you may see meets the selector/,
    },
    'an empty selector': { args: { selector: {} }, code: 'DEVICE_COUNT_OUT_OF_RANGE', says: /would cover 0/ },
    'a device twice': { args: { deviceIds: ['lab-01', 'lab-01'] }, code: 'DEVICE_DUPLICATE', says: /lab-01/ },
    'two environments': {
      args: { deviceIds: ['lab-01', 'prod-01'] },
      code: 'MIXED_ENVIRONMENTS',
      says: /1 in lab, 1 in prod/,
      arrange: (front) => addDevice(front.database, 'prod-01', { environment: 'prod' }),
    },
    'another environment than the one named': {
      args: { deviceIds: ['lab-01'], environment: 'prod' },
      code: 'DEVICE_ENVIRONMENT_RESTRICTED',
      says: /lab-01 is in lab/,
    },
    'a device that may not be in plans': {
      args: { deviceIds: ['lab-01', 'lab-02'] },
      code: 'DEVICE_CAPABILITY_MISSING',
      says: /allowProfessionalWorkflows is not set on lab-02/,
      arrange: (front) => addDevice(front.database, 'lab-02', { flags: CapabilityFlags.parse({}) }),
    },
    'an unknown device': { args: { deviceIds: ['lab-01', 'lab-77'] }, code: 'DEVICE_NOT_FOUND', says: /"lab-77"/ },
    'a decommissioned device': {
      args: { deviceIds: ['lab-01', 'lab-09'] },
      code: 'DEVICE_DECOMMISSIONED',
      says: /lab-09/,
      arrange: async (front) => {
        const { deviceId } = await addDevice(front.database, 'lab-09');
        await front.database.devices.decommission(deviceId);
      },
    },
    'neither devices nor a selector': { args: {}, code: 'VALIDATION_ERROR', says: /either deviceIds or selector/ },
    'both devices and a selector': {
      args: { deviceIds: ['lab-01'], selector: { environment: 'lab' } },
      code: 'VALIDATION_ERROR',
      says: /both were given/,
    },
    'no servers at all': {
      args: { deviceIds: ['lab-01'], dnsServers: undefined },
      code: 'VALIDATION_ERROR',
      says: /dnsServers, ntpServers or both/,
    },
    'an unknown rollout option': {
      args: { deviceIds: ['lab-01'], rollout: { batch: 3 } },
      code: 'UNKNOWN_FIELD',
      says: /rollout\.batch: this field does not exist; allowed are .*batchSize/,
    },
    'a rollout option out of range': {
      args: { deviceIds: ['lab-01'], rollout: { batchSize: 51 } },
      code: 'VALIDATION_ERROR',
      says: /rollout\.batchSize: .*50.*given was 51/,
    },
    'a start that is already past': {
      args: { deviceIds: ['lab-01'], rollout: { notBefore: '2026-01-01T00:00:00Z' } },
      code: 'VALIDATION_ERROR',
      says: /^rollout\.notBefore is 2026-01-01T00:00:00Z, but that is past: it is 20\S+Z now\.$/,
    },
  };
  it.each(Object.entries(cases))('%s', async (_, { args, code, says, arrange }) => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    await arrange?.(front);
    const answer = await propose(front, args);
    expect(answer).toMatchObject({ isError: true, code, retryable: false });
    expect(answer['message']).toMatch(says);
    expect(front.fleet.started).toEqual([]);
    expect(await front.database.plans.list({ limit: 5 })).toEqual([]);
    const events = await front.database.audit.list({ limit: 10 });
    expect(events.filter((event) => event.outcome !== 'requested')).toMatchObject([
      { action: 'plan_dns_ntp', outcome: 'refused', code },
    ]);
  });

  it('the same device by id and by name', async () => {
    const front = await startFrontEnd();
    const { deviceId } = await addDevice(front.database, 'lab-01');
    expect(await propose(front, { deviceIds: ['lab-01', deviceId] })).toMatchObject({ code: 'DEVICE_DUPLICATE' });
  });
});

describe('when preparing fails', () => {
  it('the refusal names the plan, so that it can be looked at', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    front.fleet.answers.startPlan = async ({ planId }) => {
      await front.database.plans.patch({ planId, status: 'cancelled', statusReason: 'Nothing to do.' });
      throw new AppError('PLAN_EMPTY');
    };
    const answer = await propose(front, { deviceIds: ['lab-01'] });
    expect(answer).toMatchObject({ code: 'PLAN_EMPTY', details: { planId: expect.stringMatching(/^pln_/) as string } });
    const { planId } = answer['details'] as { planId: string };
    expect(await front.database.plans.get(planId)).toMatchObject({ status: 'cancelled' });
    const [outcome] = await front.database.audit.list({ planId, limit: 5 });
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'PLAN_EMPTY' });
  });

  it('a plan that no workflow will ever move is marked failed', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    front.fleet.answers.startPlan = () => Promise.reject(new AppError('SERVICE_UNAVAILABLE'));
    const answer = await propose(front, { deviceIds: ['lab-01'] });
    expect(answer).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    expect(await front.database.plans.list({ limit: 5 })).toMatchObject([{ status: 'failed' }]);
  });

  it('a plan that takes longer than the call is answered as it is', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    front.fleet.answers.startPlan = () => Promise.reject(new AppError('TIMEOUT'));
    expect(await propose(front, { deviceIds: ['lab-01'] })).toMatchObject({ isError: false, status: 'preparing' });
  });
});
