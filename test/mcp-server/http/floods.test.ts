import { expect, it } from 'vitest';
import { createCallRateLimiter, RATE_LIMITS } from '../../../mcp-server/call/limit-rate.ts';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { callTool, postModern } from '../support/mcp-calls.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

const ANSWER = { output: {}, observedAt: '2027-01-02T03:04:05.000Z', door: 'nexus' as const };

it('answers others while one principal has more calls in flight than it may', async () => {
  const front = await startFrontEnd({ requestLimits: { perPrincipal: 8, inAll: 12 } });
  await addDevice(front.database, 'lab-01');
  const operator = await front.tokenOf('operator');
  const gate = Promise.withResolvers<void>();
  front.fleet.answers.read = async () => {
    await gate.promise;
    return { ...ANSWER, output: { entries: [], total: 0, nextOffset: null } };
  };
  // Each asks something else, so that each waits for the router by itself.
  const read = (limit: number) =>
    fetch(`${front.apiUrl}/devices/lab-01/operations/get_recent_logs?limit=${limit}`, {
      headers: { authorization: `Bearer ${operator}` },
    });
  const statuses: number[] = [];
  const flood = Array.from({ length: 20 }, async (_, index) => statuses.push((await read(index + 1)).status));
  await expect.poll(() => statuses, { timeout: 30_000 }).toEqual(Array.from({ length: 12 }, () => 429));
  await expect.poll(() => front.fleet.reads.length, { timeout: 30_000 }).toBe(8);

  const viewer = await front.tokenOf('viewer');
  expect((await callTool(front, viewer, 'list_devices')).isError).toBeUndefined();
  const own = await postModern(front, operator, { method: 'tools/list' });
  expect([own.status, own.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await own.json()).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterSeconds: 1 } });

  gate.resolve();
  await Promise.all(flood);
  expect(statuses.slice(12)).toEqual(Array.from({ length: 8 }, () => 200));
  expect((await read(1)).status).toBe(200);
});

it('takes no more calls than the process answers in time, and says when to come back', async () => {
  const front = await startFrontEnd({ requestLimits: { perPrincipal: 2, inAll: 2 } });
  await addDevice(front.database, 'lab-01');
  const gate = Promise.withResolvers<void>();
  front.fleet.answers.read = async () => {
    await gate.promise;
    return ANSWER;
  };
  const operator = await front.tokenOf('operator');
  const waiting = ['get_dns_status', 'get_ntp_status'].map((name) =>
    callTool(front, operator, name, { deviceId: 'lab-01' }),
  );
  await expect.poll(() => front.fleet.reads.length, { timeout: 30_000 }).toBe(2);
  const answer = await callApi(front, await front.tokenOf('viewer'), 'GET', '/devices');
  expect([answer.status, answer.headers.get('retry-after'), answer.body['code']]).toEqual([
    503,
    '1',
    'SERVICE_UNAVAILABLE',
  ]);
  gate.resolve();
  await Promise.all(waiting);
  expect((await callApi(front, operator, 'GET', '/devices')).status).toBe(200);
});

it('has a budget for each class of calls, so that a loop of one kind leaves the others alone', async () => {
  const front = await startFrontEnd({ rateLimits: { fleet: { perSecond: 0.1, burst: 1 } } });
  await addDevice(front.database, 'lab-01');
  const viewer = await front.tokenOf('viewer');
  const readFleet = () => callTool(front, viewer, 'read_fleet', { operation: 'get_dns_status' });
  expect((await readFleet()).isError).toBeUndefined();
  expect((await readFleet()).structuredContent).toMatchObject({
    code: 'RATE_LIMITED',
    message: 'Too many calls of the class "fleet": 6 a minute are allowed.',
    details: { retryAfterSeconds: 10 },
  });
  expect((await callTool(front, viewer, 'list_devices')).isError).toBeUndefined();
});

it('gives no class of calls a budget that one sensible use would use up', () => {
  let nowMs = 0;
  const limiter = createCallRateLimiter(RATE_LIMITS, () => nowMs);
  // A script that registers 300 routers one after the other, and a person who looks at the fleet every few seconds.
  for (let call = 0; call < 300; call++, nowMs += 50) {
    limiter.take('ann', 'admin');
    if (call % 60 === 0) limiter.take('ann', 'fleet');
  }
});
