import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { CapabilityFlags } from '../../../shared/domain/device.ts';
import { RolloutOptions } from '../../../shared/domain/plan.ts';
import { parsePolicy } from '../../../shared/platform/policy/parse-policy.ts';
import { PLAN_KINDS } from '../../../shared/plans/index.ts';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const WISH = { dnsServers: ['9.9.9.9'], deviceIds: ['lab-02', 'lab-01'], comment: 'new resolvers' };

async function proposed(front: TestFrontEnd, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await callTool(front, await front.tokenOf('operator'), 'plan_dns_ntp', { ...WISH, ...more });
  return String(answer.structuredContent?.['planId']);
}

/** A plan as it is in the database once the time for which it was proposed is past. */
async function keptFromBefore(front: TestFrontEnd, rollout: z.input<typeof RolloutOptions>): Promise<string> {
  const planId = `pln_${ulid()}`;
  const { deviceIds: names, comment, ...input } = WISH;
  const found = await front.database.devices.select({ names }, [{ all: true }]);
  const devices = names.map((name) => found.find((device) => device.name === name)!);
  await front.database.plans.create({
    planId,
    kind: 'dns_ntp',
    input,
    environment: 'lab',
    rollout: RolloutOptions.parse(rollout),
    requestedBy: 'operator@convoy.test',
    requestedByName: 'operator@convoy.test',
    comment,
    expiresAt: '2026-01-02T00:00:00.000Z',
    devices,
  });
  return planId;
}

async function arrange(setup: Parameters<typeof startFrontEnd>[0] = {}): Promise<TestFrontEnd> {
  const front = await startFrontEnd(setup);
  for (const name of ['lab-01', 'lab-02']) await addDevice(front.database, name);
  return front;
}

describe('a plan that is made anew', () => {
  it('has the same wish for the same devices, whoever asks as its requester, and both name each other', async () => {
    const front = await arrange();
    const old = await keptFromBefore(front, { batchSize: 7, notBefore: '2026-01-01T00:00:00.000Z' });
    await front.database.plans.patch({ planId: old, status: 'expired', statusReason: 'Nobody decided in time.' });

    const admin = await front.tokenOf('admin');
    const { status, headers, body } = await callApi(front, admin, 'POST', `/plans/${old}/replan`, {});
    expect(status).toBe(201);
    const planId = String(body['planId']);
    expect(headers.get('location')).toContain(`/plans/${planId}`);
    expect(body).toMatchObject({
      status: 'awaiting_approval',
      requestedBy: 'admin@convoy.test',
      comment: 'new resolvers',
      rollout: { batchSize: 7 },
      devices: [{ name: 'lab-02' }, { name: 'lab-01' }],
      replaces: old,
      replacedBy: null,
      leftOut: [],
      replacedStatus: 'expired',
    });
    expect(body['rollout']).not.toHaveProperty('notBefore');
    expect(await front.database.plans.get(old)).toMatchObject({ status: 'expired', replacedBy: planId });
    expect(await front.database.plans.get(planId)).toMatchObject({ input: { dnsServers: ['9.9.9.9'] } });
    const events = await front.database.audit.list({ planId, limit: 20 });
    expect(new Set(events.map(({ action }) => action))).toEqual(new Set(['replan', 'plan_dns_ntp']));
  });

  it('withdraws the old one when that still waits, and leaves out what is out of service', async () => {
    const front = await arrange();
    const old = await proposed(front);
    front.fleet.answers.signalPlan = async (planId) => {
      await front.database.plans.patch({ planId, status: 'cancelled' });
    };
    const operator = await front.tokenOf('operator');
    const waiting = await callTool(front, operator, 'replan', { planId: old });
    expect(waiting.structuredContent).toMatchObject({ replaces: old, replacedStatus: 'cancelled' });
    expect(front.fleet.signals).toMatchObject([{ planId: old, signal: 'cancel' }]);

    const planId = String(waiting.structuredContent?.['planId']);
    await front.database.plans.patch({ planId, status: 'failed' });
    const [gone] = await front.database.devices.select({ names: ['lab-01'] }, [{ all: true }]);
    await front.database.devices.decommission(gone!.deviceId);
    const smaller = await callTool(front, operator, 'replan', { planId });
    expect(smaller.structuredContent).toMatchObject({ devices: [{ name: 'lab-02' }], leftOut: ['lab-01'] });
    expect(smaller.content).toMatchObject([{ text: expect.stringContaining('out of service: lab-01') as string }]);

    const last = String(smaller.structuredContent?.['planId']);
    await front.database.plans.patch({ planId: last, status: 'rejected' });
    const [other] = await front.database.devices.select({ names: ['lab-02'] }, [{ all: true }]);
    await front.database.devices.decommission(other!.deviceId);
    expect((await callTool(front, operator, 'replan', { planId: last })).structuredContent).toMatchObject({
      code: 'DEVICE_COUNT_OUT_OF_RANGE',
      message: expect.stringMatching(/^All devices of the plan were decommissioned meanwhile \(lab-02\)/) as string,
    });
  });

  it('passes every check a proposal passes: role, scope, flags, policy and state', async () => {
    let yaml = '';
    const policy = {
      current: () => {
        const parsed = parsePolicy(yaml).policy;
        if (parsed === null) throw new Error('the policy of this test is wrong');
        return parsed;
      },
    };
    const front = await arrange({ policy });
    const old = await proposed(front);
    const refusal = async (role: string, claims: Record<string, unknown> = {}) =>
      (await callTool(front, await front.tokenOf(role, claims), 'replan', { planId: old })).structuredContent;

    await front.database.plans.patch({ planId: old, status: 'rolling_out' });
    expect(await refusal('operator')).toMatchObject({
      code: 'PLAN_STATE_CONFLICT',
      details: { status: 'rolling_out' },
    });
    await front.database.plans.patch({ planId: old, status: 'failed' });
    expect(await refusal('viewer')).toMatchObject({ code: 'FORBIDDEN' });
    await expect(refusal('operator', { scope: 'fleet:read' })).rejects.toThrow(/INSUFFICIENT_SCOPE/);
    yaml = 'environments: { lab: { planKinds: [] } }';
    expect(await refusal('operator')).toMatchObject({
      code: 'POLICY_REFUSED',
      details: { rule: 'environments.lab.planKinds' },
    });
    yaml = 'freezes: { years: { appliesTo: { all: true }, timeZone: UTC, firstDay: 2020-01-01, lastDay: 2099-01-01 } }';
    expect(await refusal('operator')).toMatchObject({
      code: 'POLICY_REFUSED',
      message: expect.stringMatching(/^No window opens for these devices within 400 days/) as string,
    });
    yaml = '';
    const [device] = await front.database.devices.select({ names: ['lab-01'] }, [{ all: true }]);
    await front.database.devices.edit(device!.deviceId, { flags: CapabilityFlags.parse({}) });
    expect(await refusal('operator')).toMatchObject({ code: 'DEVICE_CAPABILITY_MISSING' });
    expect(await front.database.plans.list({ limit: 5 })).toHaveLength(1);
  });
});

it.each(PLAN_KINDS.map(({ kind, input, example }) => ({ kind, input, example })))(
  'a wish for $kind reads the same after it was kept',
  ({ input, example }) => {
    const kept = input.parse(example);
    expect(input.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  },
);
