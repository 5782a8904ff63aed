import { resultFromTaskOutcome } from '@modelcontextprotocol/ext-tasks/client';
import { isCreateTaskResultV2, isDetailedTaskV2 } from '@modelcontextprotocol/ext-tasks/core/v2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { addDevice } from '../support/devices.ts';
import { gate } from '../support/gated-fleet.ts';
import { askModern, callModern, structuredOf, TASKS } from '../support/modern-requests.ts';
import { connectClient } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';
import { startTaskSession } from '../support/task-session.ts';

const WRITE = { deviceId: 'lab-01', dnsServers: ['9.9.9.9'] };
const PLAN = { deviceIds: ['lab-01', 'lab-02'], dnsServers: ['9.9.9.9'] };
const AS_TASK = { capabilities: TASKS };

async function start() {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  await addDevice(front.database, 'lab-02');
  return { front, token: await front.tokenOf('operator') };
}

function ask(front: TestFrontEnd, token: string, method: string, taskId: string, capabilities: object = TASKS) {
  return askModern(front, token, { method, params: { taskId }, capabilities: { ...capabilities } });
}

async function proposed(front: TestFrontEnd, token: string): Promise<string> {
  const plan = structuredOf(await callModern(front, token, 'plan_dns_ntp', PLAN));
  return String(plan['planId']);
}

describe('a client that knows tasks', () => {
  it('gets one for a write, and its result where the task is asked for', async () => {
    const { front, token } = await start();
    const { open } = gate(front.fleet);
    const { result } = await callModern(front, token, 'update_dns_servers', WRITE, AS_TASK);
    expect(isCreateTaskResultV2(result)).toBe(true);
    expect(result).toMatchObject({ resultType: 'task', status: 'working', pollIntervalMs: 2000 });
    const taskId = String(result['taskId']);
    const working = await ask(front, token, 'tasks/get', taskId);
    expect(working.result).toMatchObject({ taskId, status: 'working', createdAt: result['createdAt'] });
    open();
    await expect
      .poll(async () => (await ask(front, token, 'tasks/get', taskId)).result)
      .toMatchObject({
        status: 'completed',
        result: { structuredContent: { outcome: 'applied', deviceName: 'lab-01' } },
      });
    const { result: done } = await ask(front, token, 'tasks/get', taskId);
    expect(isDetailedTaskV2(done)).toBe(true);
    expect((await front.database.audit.list({ limit: 10 })).map(({ outcome }) => outcome)).toEqual(['ok', 'requested']);
  });

  it('gets a refusal as the result of a completed task', async () => {
    const { front, token } = await start();
    front.fleet.answers.change = () => Promise.reject(new AppError('DEVICE_BUSY'));
    const { result } = await callModern(front, token, 'update_dns_servers', WRITE, AS_TASK);
    await expect
      .poll(async () => (await ask(front, token, 'tasks/get', String(result['taskId']))).result)
      .toMatchObject({ status: 'completed', result: { isError: true, structuredContent: { code: 'DEVICE_BUSY' } } });
  });

  it('gets no task for what is quick, nor for what is refused before it is begun', async () => {
    const { front, token } = await start();
    const read = await callModern(front, token, 'get_dns_status', { deviceId: 'lab-01' }, AS_TASK);
    expect(read.result['resultType']).toBe('complete');
    const refused = await callModern(front, token, 'update_dns_servers', { deviceId: 'nobody' }, AS_TASK);
    expect(refused.result).toMatchObject({ isError: true, resultType: 'complete' });
  });

  it('follows a plan until it is finished, with its progress in numbers', async () => {
    const { front, token } = await start();
    const planId = await proposed(front, token);
    const { result } = await callModern(front, token, 'wait_for_plan', { planId }, AS_TASK);
    expect(result).toMatchObject({ resultType: 'task', status: 'working' });
    const taskId = String(result['taskId']);
    const devices = (await front.database.plans.get(planId))?.devices ?? [];
    await front.database.plans.patch({ planId, status: 'rolling_out' });
    await front.database.plans.recordDevices([{ planId, deviceId: devices[0]?.deviceId ?? '', status: 'applied' }]);
    expect((await ask(front, token, 'tasks/get', taskId)).result).toMatchObject({
      status: 'working',
      statusMessage: 'rolling_out: 1 of 2 devices applied, 0 failed',
    });
    await front.database.plans.patch({ planId, status: 'completed' });
    expect((await ask(front, token, 'tasks/get', taskId)).result).toMatchObject({
      status: 'completed',
      result: { structuredContent: { planId, status: 'completed' } },
    });
    const over = await callModern(front, token, 'wait_for_plan', { planId }, AS_TASK);
    expect(over.result['resultType']).toBe('complete');
  });

  it('cancels: nobody waits any more, what has begun goes on, and it says which', async () => {
    const { front, token } = await start();
    const planId = await proposed(front, token);
    const { open } = gate(front.fleet);
    onTestFinished(open);
    const following = String((await callModern(front, token, 'wait_for_plan', { planId }, AS_TASK)).result['taskId']);
    const writing = String((await callModern(front, token, 'update_dns_servers', WRITE, AS_TASK)).result['taskId']);
    for (const taskId of [following, writing]) {
      const { error, result } = await ask(front, token, 'tasks/cancel', taskId);
      expect(error).toBeUndefined();
      expect(result['resultType']).toBe('complete');
    }
    expect((await ask(front, token, 'tasks/get', following)).result).toMatchObject({
      status: 'cancelled',
      statusMessage: 'No longer followed; the plan goes on by itself.',
    });
    expect(await front.database.plans.get(planId)).toMatchObject({ status: 'awaiting_approval' });
    expect((await ask(front, token, 'tasks/get', writing)).result).toMatchObject({
      status: 'working',
      statusMessage: 'It has begun and is not cut off; it ends by itself.',
    });
  });

  it('is told the same of tasks that never were and of those of others', async () => {
    const { front, token } = await start();
    const { result } = await callModern(front, token, 'update_dns_servers', WRITE, AS_TASK);
    const taskId = String(result['taskId']);
    const foreign = await front.tokenOf('admin');
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const nothing = await ask(front, token, method, taskId.replace(/.{3}$/, 'ZZZ'));
      expect(nothing.error, method).toMatchObject({ code: -32602 });
      expect((await ask(front, foreign, method, taskId)).error, method).toMatchObject({ code: -32602 });
    }
    expect((await ask(front, token, 'tasks/update', taskId)).error).toBeUndefined();
  });
});

it("the extension's own client gets a result by way of a task", async () => {
  const { front, token } = await start();
  const execution = await startTaskSession(front, token).callTool('update_dns_servers', WRITE);
  const { outcome } = await execution.settle();
  expect(resultFromTaskOutcome(outcome)).toMatchObject({ structuredContent: { outcome: 'applied' } });
});

it('a client that does not say it knows tasks gets answers, and no task methods', async () => {
  const { front, token } = await start();
  const { result } = await callModern(front, token, 'update_dns_servers', WRITE);
  expect(result).toMatchObject({ resultType: 'complete', structuredContent: { outcome: 'applied' } });
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
    const { status, error } = await ask(front, token, method, 'any', {});
    expect({ status, error }, method).toMatchObject({ status: 400, error: { code: -32_021 } });
  }
});

it('the server says that it has tasks to clients of 2026, and clients of 2025 call as ever', async () => {
  const { front, token } = await start();
  const { result } = await askModern(front, token, { method: 'server/discover' });
  expect(result).toMatchObject({ capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } });
  const client = await connectClient(front, token);
  const answer = await client.callTool({ name: 'update_dns_servers', arguments: WRITE });
  expect(answer.structuredContent).toMatchObject({ outcome: 'applied' });
});
