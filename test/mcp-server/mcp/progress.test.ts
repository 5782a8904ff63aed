import { describe, expect, it } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { connectClient } from '../support/mcp-calls.ts';
import { callModern, structuredOf } from '../support/modern-requests.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

async function start() {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  await addDevice(front.database, 'lab-02');
  const token = await front.tokenOf('operator');
  const plan = await callModern(front, token, 'plan_dns_ntp', {
    deviceIds: ['lab-01', 'lab-02'],
    dnsServers: ['9.9.9.9'],
  });
  return { front, token, planId: String(structuredOf(plan)['planId']) };
}

/** News that end a wait for the plan. */
async function applyAll(front: TestFrontEnd, planId: string): Promise<void> {
  const devices = (await front.database.plans.get(planId))?.devices ?? [];
  await front.database.plans.recordDevices(devices.map(({ deviceId }) => ({ planId, deviceId, status: 'applied' })));
}

/** Makes the first look at the plan's revision while somebody waits for it known. */
function looked(front: TestFrontEnd): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const revision = front.database.plans.revision.bind(front.database.plans);
  front.database.plans.revision = (planId) => {
    resolve();
    return revision(planId);
  };
  return promise;
}

describe('progress', () => {
  it('is told to a client of 2026 that gives a token, forwards only, up to the answer', async () => {
    const { front, token, planId } = await start();
    const waiting = looked(front);
    const answer = callModern(front, token, 'wait_for_plan', { planId }, { progressToken: 'p-1' });
    await waiting;
    await applyAll(front, planId);
    const { contentType, notifications, result } = await answer;
    expect(contentType).toMatch(/^text\/event-stream/);
    expect(result).toMatchObject({ structuredContent: { progress: { applied: 2, total: 2 } } });
    const told = notifications.map(({ method, params }) => ({ method, ...params }));
    expect(told[0]).toEqual({
      method: 'notifications/progress',
      progressToken: 'p-1',
      progress: 0,
      total: 2,
      message: 'awaiting_approval: 0 of 2 devices applied, 0 failed',
    });
    expect(told.at(-1)).toMatchObject({ progress: 2, total: 2 });
    const steps = notifications.map(({ params }) => Number(params['progress']));
    expect(steps).toEqual([...new Set(steps)].toSorted((one, other) => one - other));
  });

  it('is told to a client of 2025 too', async () => {
    const { front, token } = await start();
    const client = await connectClient(front, token);
    const told: unknown[] = [];
    const call = { name: 'plan_dns_ntp', arguments: { deviceIds: ['lab-01'], ntpServers: ['pool.ntp.org'] } };
    await client.callTool(call, undefined, { onprogress: (progress) => void told.push(progress) });
    expect(told).toEqual([
      { progress: 0, total: 1, message: 'Reading 1 devices' },
      { progress: 1, total: 1, message: 'Read 1 devices' },
    ]);
  });

  it('is not told to a client without a token: the answer is JSON', async () => {
    const { front, token, planId } = await start();
    const { contentType } = await callModern(front, token, 'wait_for_plan', { planId, waitSeconds: 0 });
    expect(contentType).toMatch(/^application\/json/);
  });
});

describe('a client of 2025 that cancels', () => {
  it('ends the wait of its own request and of no other', async () => {
    const { front, token, planId } = await start();
    const client = await connectClient(front, token);
    const other = await connectClient(front, await front.tokenOf('operator', { jti: 'another' }));
    const waiting = looked(front);
    const cancelled = new AbortController();
    const call = { name: 'wait_for_plan', arguments: { planId } };
    const stays = other.callTool(call);
    const ends = client.callTool(call, undefined, { signal: cancelled.signal });
    await waiting;
    const finished = async () => {
      const { values } = await front.metrics.operationSeconds.get();
      const of = ({ metricName, labels }: (typeof values)[number]) =>
        metricName?.endsWith('_count') === true && labels.operation === 'wait_for_plan';
      return values.filter(of).reduce((sum, { value }) => sum + value, 0);
    };
    cancelled.abort();
    await expect(ends).rejects.toThrow();
    await expect.poll(finished).toBe(1);
    await applyAll(front, planId);
    expect((await stays).structuredContent).toMatchObject({ planId });
    expect(await finished()).toBe(2);
  });
});

describe('a client that goes away', () => {
  it('ends the wait and nothing else', async () => {
    const { front, token, planId } = await start();
    const waiting = looked(front);
    const gone = new AbortController();
    const answer = callModern(front, token, 'wait_for_plan', { planId }, { signal: gone.signal });
    await waiting;
    gone.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    const observed = () => front.metrics.operationSeconds.get();
    await expect.poll(async () => JSON.stringify(await observed())).toContain('"operation":"wait_for_plan"');
    expect(await front.database.plans.get(planId)).toMatchObject({ status: 'awaiting_approval' });
    expect(front.fleet.signals).toEqual([]);
  });
});
