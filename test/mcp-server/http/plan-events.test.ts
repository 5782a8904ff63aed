import { expect, it, onTestFinished } from 'vitest';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

interface PlanEvent {
  event: string;
  id: string;
  data: Record<string, unknown>;
}

interface Stream {
  status: number;
  headers: Headers;
  /** The next event; null at the end. */
  next(): Promise<PlanEvent | null>;
  close(): void;
}

async function listen(
  front: TestFrontEnd,
  token: string,
  planId: string,
  headers: Record<string, string> = {},
  query = '',
): Promise<Stream> {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const response = await fetch(`${front.apiUrl}/plans/${planId}/events${query}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
    signal: gone.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    status: response.status,
    headers: response.headers,
    close: () => gone.abort(),
    async next() {
      for (;;) {
        const at = text.indexOf('\n\n');
        if (at === -1) {
          const chunk = await reader?.read();
          if (chunk === undefined || chunk.done) return null;
          text += chunk.value;
          continue;
        }
        const fields = Object.fromEntries(
          text
            .slice(0, at)
            .split('\n')
            .map((line) => [line.split(': ', 1)[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
        );
        text = text.slice(at + 2);
        const { event, id = '', data } = fields as Record<string, string | undefined>;
        if (event !== undefined && data !== undefined) {
          return { event, id, data: JSON.parse(data) as Record<string, unknown> };
        }
      }
    },
  };
}

async function proposed(): Promise<{ front: TestFrontEnd; token: string; planId: string }> {
  const front = await startFrontEnd();
  await addDevice(front.database, 'north-01', { tags: ['north'] });
  const token = await front.tokenOf('operator');
  const { body } = await callApi(front, token, 'POST', '/plans/dns_ntp', {
    deviceIds: ['north-01'],
    dnsServers: ['9.9.9.9'],
  });
  return { front, token, planId: String(body['planId']) };
}

it('tell the plan at once, every change of it, and its end', async () => {
  const { front, token, planId } = await proposed();
  const stream = await listen(front, token, planId);
  expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const first = await stream.next();
  expect(first).toMatchObject({ event: 'plan', data: { planId, status: 'awaiting_approval' } });
  expect(first?.data).toEqual((await callApi(front, token, 'GET', `/plans/${planId}`)).body);
  await front.database.plans.patch({ planId, status: 'rolling_out' });
  const second = await stream.next();
  expect(second).toMatchObject({ event: 'plan', data: { status: 'rolling_out' } });
  expect(Number(second?.id)).toBeGreaterThan(Number(first?.id));
  await front.database.plans.patch({ planId, status: 'completed' });
  const last = await stream.next();
  expect(last).toMatchObject({ event: 'plan', data: { status: 'completed' } });
  expect(await stream.next()).toEqual({ event: 'end', id: last?.id, data: { reason: 'settled' } });
  expect(await stream.next()).toBeNull();
});

it('tell who asks for it the whole plan once, and then what is new', async () => {
  const { front, token, planId } = await proposed();
  await addDevice(front.database, 'north-02', { tags: ['north'] });
  const { body } = await callApi(front, token, 'POST', '/plans/dns_ntp', {
    deviceIds: ['north-01', 'north-02'],
    dnsServers: ['9.9.9.9'],
  });
  const both = String(body['planId']);
  const stream = await listen(front, token, both, {}, '?devices=changed');
  const first = await stream.next();
  expect(first).toMatchObject({ event: 'plan', data: { planId: both, devices: [{}, {}], groups: expect.any(Array) } });
  const [device] = (first?.data['devices'] ?? []) as { deviceId: string }[];
  const deviceId = device?.deviceId ?? '';
  await front.database.plans.recordDevices([{ planId: both, deviceId, status: 'applied' }]);
  const news = await stream.next();
  expect(news).toMatchObject({
    event: 'progress',
    data: { planId: both, progress: { applied: 1, pending: 1 }, devices: [{ deviceId, status: 'applied' }] },
  });
  expect(news?.data).not.toHaveProperty('groups');
  expect(JSON.stringify(news?.data)).not.toContain('"changes"');
  await front.database.plans.patch({ planId: both, status: 'paused', statusReason: 'why' });
  expect(await stream.next()).toMatchObject({ event: 'progress', data: { statusReason: 'why', devices: [] } });

  const odd = await listen(front, token, planId, {}, '?devices=some');
  expect(odd.status).toBe(422);
}, 60_000);

it('tell who comes back only what is newer, and nothing of a settled plan', async () => {
  const { front, token, planId } = await proposed();
  const stream = await listen(front, token, planId);
  const first = await stream.next();
  stream.close();
  const again = await listen(front, token, planId, { 'last-event-id': first?.id ?? '' });
  await front.database.plans.patch({ planId, status: 'cancelled' });
  const news = await again.next();
  expect(news).toMatchObject({ event: 'plan', data: { status: 'cancelled' } });
  const missed = await listen(front, token, planId, { 'last-event-id': first?.id ?? '' });
  expect(await missed.next()).toMatchObject({ event: 'plan', id: news?.id });
  const done = await listen(front, token, planId, { 'last-event-id': news?.id ?? '' });
  expect([done.status, await done.next()]).toEqual([204, null]);
});

it('are only for who may see the plan, as long as they may', async () => {
  const { front, token, planId } = await proposed();
  const north = await front.issuer.token({ sub: 'n', email: 'n@elsewhere.test', groups: ['branch-north'] });
  const stream = await listen(front, north, planId);
  expect(await stream.next()).toMatchObject({ event: 'plan' });
  const { deviceId } = (await front.database.devices.find('north-01'))!;
  await front.database.devices.edit(deviceId, { tags: ['south'] });
  await front.database.plans.patch({ planId, status: 'rolling_out' });
  expect(await stream.next()).toMatchObject({ event: 'end', data: { reason: 'not_visible' } });
  for (const [who, id, status] of [
    [north, planId, 404],
    [token, 'pln_01ARZ3NDEKTSV4RRFFQ69G5FAV', 404],
    [token, 'nonsense', 422],
    ['no-token', planId, 401],
  ] as const) {
    expect((await listen(front, who, id)).status).toBe(status);
  }
  expect((await listen(front, token, planId, { accept: 'application/json' })).status).toBe(406);
});

it('end when the token expires, and when the process does', async () => {
  const { front, token, planId } = await proposed();
  const short = await front.tokenOf('operator', { exp: Math.floor(Date.now() / 1000) + 2 });
  const stream = await listen(front, short, planId);
  expect(await stream.next()).toMatchObject({ event: 'plan' });
  expect(await stream.next()).toMatchObject({ event: 'end', data: { reason: 'token_expired' } });
  const other = await listen(front, token, planId);
  await other.next();
  front.draining.abort();
  expect(await other.next()).toMatchObject({ event: 'end', data: { reason: 'draining' } });
  expect((await listen(front, token, planId)).status).toBe(503);
});

it('are five at a time for one principal; a place is free again when one is closed', async () => {
  const { front, token, planId } = await proposed();
  const streams = [];
  for (let index = 0; index < 5; index++) streams.push(await listen(front, token, planId));
  const sixth = await listen(front, token, planId);
  expect([sixth.status, sixth.headers.get('retry-after')]).toEqual([429, '30']);
  expect((await listen(front, await front.tokenOf('viewer'), planId)).status).toBe(200);
  streams[0]?.close();
  await expect.poll(async () => (await listen(front, token, planId)).status).toBe(200);
});
