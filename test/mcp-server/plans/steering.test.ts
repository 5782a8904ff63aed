import { describe, expect, it } from 'vitest';
import type { PlanStatus } from '../../../shared/domain/plan.ts';
import { addDevice } from '../support/devices.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { callTool, postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

/** What each tool sends, in which statuses, and who may call it. */
const TOOLS = {
  apply_plan: { signal: 'apply', from: ['approved'], approver: false },
  cancel_plan: { signal: 'cancel', from: ['awaiting_approval', 'approved'], approver: false },
  pause_rollout: { signal: 'pause', from: ['rolling_out'], approver: true },
  resume_rollout: { signal: 'resume', from: ['paused'], approver: false },
  abort_rollout: { signal: 'abort', from: ['rolling_out', 'paused'], approver: true },
  retry_failed_devices: { signal: 'retry', from: ['paused', 'failed', 'completed'], approver: false },
  rollback_plan: { signal: 'rollback', from: ['rolling_out', 'paused', 'failed', 'completed'], approver: true },
} as const;
const STATUSES: PlanStatus[] = [
  'awaiting_approval',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'rolling_out',
  'paused',
  'completed',
  'failed',
  'rolling_back',
  'rolled_back',
];

async function proposed(front: TestFrontEnd): Promise<string> {
  await addDevice(front.database, 'lab-01');
  return proposedAgain(front);
}

async function proposedAgain(front: TestFrontEnd): Promise<string> {
  const args = { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] };
  const { structuredContent } = await callTool(front, await front.tokenOf('operator'), 'plan_dns_ntp', args);
  return String(structuredContent?.['planId']);
}

describe('each tool sends its signal in its own statuses only', () => {
  it.each(Object.entries(TOOLS))('%s', async (tool, { signal, from }) => {
    const front = await startFrontEnd();
    const planId = await proposed(front);
    const token = await front.tokenOf('operator');
    // The workflow's answer to the signal, so that nobody waits for it.
    front.fleet.answers.signalPlan = () => front.database.plans.patch({ planId, status: 'rolled_back' });
    for (const status of STATUSES) {
      await front.database.plans.patch({ planId, status });
      front.fleet.signals.length = 0;
      const answer = await callTool(front, token, tool, { planId, comment: 'because' });
      if ((from as readonly string[]).includes(status)) {
        expect(answer.isError, `${tool} from ${status}`).toBeUndefined();
        expect(front.fleet.signals).toEqual([
          { planId, signal, payload: { comment: 'because', onBehalfOf: 'operator@convoy.test' } },
        ]);
      } else {
        expect(answer.structuredContent?.['code'], `${tool} from ${status}`).toMatch(
          /^PLAN_(STATE_CONFLICT|NOT_APPROVED|EXPIRED)$/,
        );
        expect(front.fleet.signals).toEqual([]);
      }
    }
  });
});

describe('what writes to devices of a plan that has ended', () => {
  it('is refused while another plan holds them, and not by one whose workflow is gone', async () => {
    const front = await startFrontEnd();
    const [ended, other] = [await proposed(front), await proposedAgain(front)];
    await front.database.plans.patch({ planId: ended, status: 'completed' });
    await front.database.plans.patch({ planId: other, status: 'rolling_out' });
    front.fleet.answers.signalPlan = () => front.database.plans.patch({ planId: ended, status: 'rolled_back' });
    const token = await front.tokenOf('operator');
    const rollBack = () => callTool(front, token, 'rollback_plan', { planId: ended, comment: 'no' });
    expect((await rollBack()).structuredContent).toMatchObject({
      code: 'PLAN_DEVICES_HELD',
      details: { planIds: [other] },
    });
    expect(front.fleet.signals).toEqual([]);
    front.fleet.answers.isPlanRunning = async (planId) => planId !== other;
    expect((await rollBack()).isError).toBeUndefined();
    expect(front.fleet.signals).toMatchObject([{ planId: ended, signal: 'rollback' }]);
  });
});

describe('a control about some devices', () => {
  it('names them by id or name, and sends their ids', async () => {
    const front = await startFrontEnd();
    const planId = await proposed(front);
    const token = await front.tokenOf('operator');
    const [device] = (await front.database.plans.get(planId))?.devices ?? [];
    const { deviceId = '' } = device ?? {};
    await front.database.plans.patch({ planId, status: 'rolling_out' });
    const error = { code: 'DEVICE_SKIPPED' as const, message: 'Left out: no', retryable: false };
    const skipped = { planId, deviceId, status: 'skipped' as const, error };
    front.fleet.answers.signalPlan = () => front.database.plans.recordDevices([skipped]);
    const skip = (deviceIds: string[]) => callTool(front, token, 'skip_devices', { planId, deviceIds, comment: 'no' });

    const unknown = await skip(['lab-01', 'lab-99']);
    expect(unknown.structuredContent).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: 'deviceIds: lab-99 is no device of this plan.',
    });
    const answer = await skip(['lab-01']);
    expect(answer.structuredContent).toMatchObject({ progress: { skipped: 1 } });
    expect(answer.content[0]?.text).toContain(
      `plan ${planId} is still rolling_out. Left out: lab-01. Call wait_for_plan`,
    );
    expect(front.fleet.signals).toEqual([
      { planId, signal: 'skip', payload: { comment: 'no', deviceIds: [deviceId], onBehalfOf: 'operator@convoy.test' } },
    ]);
    const again = await skip([deviceId]);
    expect(again.structuredContent).toMatchObject({
      code: 'PLAN_STATE_CONFLICT',
      message: expect.stringContaining('lab-01 is skipped'),
    });
  });
});

it('applying a plan that nobody approved has its own code', async () => {
  const front = await startFrontEnd();
  const planId = await proposed(front);
  const answer = await callTool(front, await front.tokenOf('operator'), 'apply_plan', { planId });
  expect(answer.structuredContent).toMatchObject({
    code: 'PLAN_NOT_APPROVED',
    details: { status: 'awaiting_approval' },
  });
});

describe('who may steer', () => {
  it.each(Object.entries(TOOLS))('%s', async (tool, { from, approver }) => {
    const front = await startFrontEnd();
    const planId = await proposed(front);
    front.fleet.answers.signalPlan = () => front.database.plans.patch({ planId, status: 'rolled_back' });
    for (const role of ['viewer', 'auditor', 'approver', 'operator', 'admin']) {
      await front.database.plans.patch({ planId, status: from[0] });
      const answer = await callTool(front, await front.tokenOf(role), tool, { planId });
      const may = role === 'operator' || role === 'admin' || (role === 'approver' && approver);
      expect(answer.structuredContent?.['code'], role).toBe(may ? undefined : 'FORBIDDEN');
    }
  });

  it('the token of a person who approves is enough to stop, not to go on', async () => {
    const front = await startFrontEnd();
    const planId = await proposed(front);
    await front.database.plans.patch({ planId, status: 'rolling_out' });
    front.fleet.answers.signalPlan = () => front.database.plans.patch({ planId, status: 'paused' });
    const authorization = `Bearer ${await front.tokenOf('approver', { aud: front.approvalUrl, scope: 'fleet:approve' })}`;
    const post = (action: string) =>
      fetch(`${front.apiUrl}/plans/${planId}/${action}`, { method: 'POST', headers: { authorization } });
    expect((await post('pause')).status).toBe(200);
    expect((await post('resume')).status).toBe(403);
  });
});

it('no tool and no route decides on a plan', async () => {
  const front = await startFrontEnd();
  const planId = await proposed(front);
  const scope = 'fleet:read fleet:write fleet:plan fleet:approve fleet:admin';
  const token = await front.tokenOf('approver', { scope });
  for (const name of ['approve_plan', 'reject_plan', 'approve']) {
    const response = await postModern(front, token, { method: 'tools/call', params: { name, arguments: { planId } } });
    expect(await response.json()).toMatchObject({ error: { code: -32_602 } });
  }
  for (const action of ['approve', 'reject']) {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${front.apiUrl}/plans/${planId}/${action}`, { method: 'POST', headers });
    expect(response.status).toBe(404);
  }
  expect(front.fleet.signals).toEqual([]);
});

describe('wait_for_plan', () => {
  it('answers when something happens to the plan', async () => {
    const front = await startFrontEnd();
    const planId = await proposed(front);
    const { promise, resolve } = Promise.withResolvers<void>();
    const revision = front.database.plans.revision.bind(front.database.plans);
    let looks = 0;
    front.database.plans.revision = (id) => {
      looks += 1;
      if (looks === 2) resolve();
      return revision(id);
    };
    const waiting = callTool(front, await front.tokenOf('viewer'), 'wait_for_plan', { planId });
    await promise;
    await front.database.plans.patch({ planId, status: 'approved' });
    expect((await waiting).structuredContent).toMatchObject({ planId, status: 'approved' });
  });

  it('answers at once when the plan is finished or no longer in the status last seen', async () => {
    const front = await startFrontEnd();
    const planId = await proposed(front);
    const token = await front.tokenOf('viewer');
    const moved = await callTool(front, token, 'wait_for_plan', { planId, status: 'preparing' });
    expect(moved.structuredContent).toMatchObject({ status: 'awaiting_approval' });
    await front.database.plans.patch({ planId, status: 'rejected' });
    const finished = await callTool(front, token, 'wait_for_plan', { planId, status: 'rejected' });
    expect(finished.structuredContent).toMatchObject({ status: 'rejected' });
  });

  it('answers the plan as it is when the time is over, and refuses to wait longer than hosts do', async () => {
    const front = await startFrontEnd();
    const planId = await proposed(front);
    const token = await front.tokenOf('viewer');
    const over = await callTool(front, token, 'wait_for_plan', { planId, waitSeconds: 1 });
    expect(over.structuredContent).toMatchObject({ status: 'awaiting_approval' });
    const long = await callTool(front, token, 'wait_for_plan', { planId, waitSeconds: 46 });
    expect(long.structuredContent).toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('is answered when the process is about to end', async () => {
    const front = await startFrontEnd();
    const planId = await proposed(front);
    const waiting = callTool(front, await front.tokenOf('viewer'), 'wait_for_plan', { planId });
    front.draining.abort();
    expect((await waiting).structuredContent).toMatchObject({ status: 'awaiting_approval' });
  });
});

describe('list_plans', () => {
  it('is newest first, pages, and filters', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const operator = await front.tokenOf('operator');
    const planIds: string[] = [];
    for (let index = 0; index < 3; index++) {
      const args = { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] };
      const { structuredContent } = await callTool(front, operator, 'plan_dns_ntp', args);
      planIds.unshift(String(structuredContent?.['planId']));
    }
    const first = await callTool(front, operator, 'list_plans', { limit: 2, requestedBy: 'me' });
    expect(first.structuredContent?.['plans']).toMatchObject([{ planId: planIds[0] }, { planId: planIds[1] }]);
    expect(first.structuredContent).toMatchObject({ total: 3 });
    const full = await callTool(front, operator, 'list_plans', { limit: 3 });
    expect(full.structuredContent).not.toHaveProperty('nextCursor');
    expect(full.content[0]?.text).toMatch(/^3 of 3 plans\.\n/);
    const cursor = first.structuredContent?.['nextCursor'];
    const second = await callTool(front, operator, 'list_plans', { limit: 2, requestedBy: 'me', cursor });
    expect(second.structuredContent).toMatchObject({ plans: [{ planId: planIds[2] }] });
    await front.database.plans.patch({ planId: String(planIds[1]), status: 'approved' });
    const approved = await callTool(front, operator, 'list_plans', { statuses: ['approved'] });
    expect(approved.structuredContent).toMatchObject({ plans: [{ planId: planIds[1], status: 'approved' }] });
    front.fleet.answers.startPlan = async ({ planId }) => {
      await front.database.plans.patch({ planId, status: 'failed', statusReason: 'Not made: no.' });
      throw new AppError('VALIDATION_ERROR');
    };
    await callTool(front, operator, 'plan_dns_ntp', { deviceIds: ['lab-01'], dnsServers: ['9.9.9.8'] });
    const refused = await callTool(front, operator, 'list_plans', { refused: true });
    expect(refused.structuredContent).toMatchObject({ plans: [{ statusReason: 'Not made: no.' }], total: 1 });
    const made = await callTool(front, operator, 'list_plans', { refused: false });
    expect(made.structuredContent).toMatchObject({ total: 3 });
    const others = await callTool(front, await front.tokenOf('viewer'), 'list_plans', { requestedBy: 'me' });
    expect(others.structuredContent).toMatchObject({ plans: [], total: 0 });
  });

  it('counts and shows only plans whose devices are all in scope', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'north-01', { tags: ['north'] });
    await addDevice(front.database, 'south-01', { tags: ['south'] });
    const operator = await front.tokenOf('operator');
    const planIds: unknown[] = [];
    for (const deviceIds of [['north-01'], ['north-01', 'south-01'], ['south-01'], ['north-01']]) {
      const { structuredContent } = await callTool(front, operator, 'plan_dns_ntp', {
        deviceIds,
        dnsServers: ['9.9.9.9'],
      });
      planIds.push(structuredContent?.['planId']);
    }
    const north = await front.tokenOf('nora', { groups: ['branch-north'] });
    const page = await callTool(front, north, 'list_plans', { limit: 1 });
    expect(page.structuredContent).toMatchObject({ plans: [{ planId: planIds[3] }], total: 2 });
    const cursor = page.structuredContent?.['nextCursor'];
    const last = await callTool(front, north, 'list_plans', { limit: 1, cursor });
    expect(last.structuredContent).toMatchObject({ plans: [{ planId: planIds[0] }], total: 2 });
    expect(last.structuredContent).not.toHaveProperty('nextCursor');
  });
});
