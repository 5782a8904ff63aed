import { Client, StreamableHTTPClientTransport, type McpSubscription } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { callTool, postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

/** Time in which a change is certainly told, milliseconds. */
const SOON = { timeout: 10_000, interval: 20 };

interface Listener {
  subscription: McpSubscription;
  /** Addresses that changed so far. */
  heard: string[];
}

/** A client of the newest revision that listens. */
async function listen(front: TestFrontEnd, token: string, resourceSubscriptions: string[]): Promise<Listener> {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const transport = new StreamableHTTPClientTransport(new URL(front.mcpUrl), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const heard: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.push(params.uri));
  const subscription = await client.listen({ resourceSubscriptions, toolsListChanged: true });
  return { subscription, heard };
}

async function proposePlan(front: TestFrontEnd, token: string, deviceIds: string[]): Promise<string> {
  const { structuredContent } = await callTool(front, token, 'plan_dns_ntp', { deviceIds, dnsServers: ['9.9.9.9'] });
  return String(structuredContent?.['planId']);
}

/** The clock shows this time from now on; timers run. */
function stopTimeAt(now: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now });
  onTestFinished(() => void vi.useRealTimers());
}

function listenRaw(front: TestFrontEnd, token: string, params: Record<string, unknown>): Promise<Response> {
  return postModern(front, token, { method: 'subscriptions/listen', params });
}

describe('a stream of subscriptions', () => {
  it('tells which plan, device or summary changed, and nothing of what did', async () => {
    const front = await startFrontEnd();
    const { deviceId } = await addDevice(front.database, 'lab-01');
    await addDevice(front.database, 'lab-02');
    const token = await front.tokenOf('operator');
    const planId = await proposePlan(front, token, ['lab-02']);
    const uris = {
      plan: `convoy://plan/${planId}`,
      device: `convoy://device/${deviceId}`,
      health: 'convoy://device/lab-01/health',
      fleet: 'convoy://fleet/summary',
    };
    const { subscription, heard } = await listen(front, token, Object.values(uris));
    expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: Object.values(uris) });

    await front.database.plans.patch({ planId, status: 'rolling_out' });
    await vi.waitFor(() => expect(heard.toSorted()).toEqual([uris.fleet, uris.plan].toSorted()), SOON);
    await front.database.devices.recordFacts(deviceId, { status: 'unreachable' });
    await vi.waitFor(() => expect(heard).toHaveLength(5), SOON);
    expect(heard.slice(2).toSorted()).toEqual([uris.device, uris.fleet, uris.health].toSorted());
  });

  it('is of what its principal may read: the rest is left out as if it did not exist', async () => {
    const front = await startFrontEnd();
    const north = await addDevice(front.database, 'north-01', { tags: ['north'] });
    const south = await addDevice(front.database, 'south-01', { tags: ['south'] });
    const plan = await proposePlan(front, await front.tokenOf('operator'), ['south-01']);
    const narrow = await front.tokenOf('operator', { email: 'n@convoy.test', groups: ['branch-north'] });
    const { subscription, heard } = await listen(front, narrow, [
      `convoy://device/${north.deviceId}`,
      `convoy://device/${south.deviceId}`,
      'convoy://device/nobody',
      `convoy://plan/${plan}`,
      // Nobody tells when it changes.
      `convoy://device/${north.deviceId}/interfaces`,
      'https://elsewhere.test/x',
    ]);
    expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: [`convoy://device/${north.deviceId}`] });
    await front.database.devices.recordFacts(south.deviceId, { status: 'unreachable' });
    await front.database.devices.recordFacts(north.deviceId, { status: 'unreachable' });
    await vi.waitFor(() => expect(heard).toEqual([`convoy://device/${north.deviceId}`]), SOON);
  });

  it('tells nothing more of a device that left the scope of its principal', async () => {
    const front = await startFrontEnd();
    const gone = await addDevice(front.database, 'north-01', { tags: ['north'] });
    const kept = await addDevice(front.database, 'north-02', { tags: ['north'] });
    const narrow = await front.tokenOf('operator', { email: 'n@convoy.test', groups: ['branch-north'] });
    const { heard } = await listen(front, narrow, [
      `convoy://device/${gone.deviceId}`,
      `convoy://device/${kept.deviceId}`,
    ]);
    await front.database.devices.edit(gone.deviceId, { tags: ['south'] });
    await front.database.devices.edit(kept.deviceId, { tags: ['north', 'core'] });
    await vi.waitFor(() => expect(heard).toEqual([`convoy://device/${kept.deviceId}`]), SOON);
  });

  it('ends in an orderly way when the process is about to end', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    const { subscription } = await listen(front, token, ['convoy://fleet/summary']);
    front.draining.abort();
    expect(await subscription.closed).toBe('graceful');
  });

  it('ends in an orderly way when its token expires', async () => {
    const front = await startFrontEnd();
    const exp = Math.floor(Date.now() / 1000) + 300;
    const token = await front.tokenOf('viewer', { exp });
    stopTimeAt(exp * 1000 - 200);
    const { subscription } = await listen(front, token, ['convoy://fleet/summary']);
    expect(await subscription.closed).toBe('graceful');
  });

  it('ends when its token is not good any more at the time something is told', async () => {
    const front = await startFrontEnd();
    const { deviceId } = await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('viewer');
    const { subscription, heard } = await listen(front, token, [`convoy://device/${deviceId}`]);
    stopTimeAt(Date.now() + 3_600_000);
    await front.database.devices.recordFacts(deviceId, { status: 'unreachable' });
    expect(await subscription.closed).toBe('graceful');
    expect(heard).toEqual([]);
  });

  it('is one of five at most, and another is served when one is closed', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    const uris = ['convoy://fleet/summary'];
    const open = [];
    for (let count = 0; count < 5; count += 1) open.push(await listen(front, token, uris));
    const refused = await listenRaw(front, token, { notifications: { resourceSubscriptions: uris } });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await listen(front, await front.tokenOf('operator'), uris);
    expect(other.subscription.honoredFilter).toEqual({ resourceSubscriptions: uris });
    await open[0]?.subscription.close();
    await vi.waitFor(() => listen(front, token, uris), SOON);
  });
});

it('takes no place of a request, however much its listener is told', async () => {
  const front = await startFrontEnd({ requestLimits: { perPrincipal: 2 } });
  const { deviceId } = await addDevice(front.database, 'lab-01');
  const token = await front.tokenOf('viewer');
  const { heard } = await listen(front, token, [`convoy://device/${deviceId}`]);
  for (let told = 1; told <= 3; told++) {
    await front.database.devices.recordFacts(deviceId, { identity: `name-${told}` });
    await vi.waitFor(() => expect(heard).toHaveLength(told), SOON);
  }
  expect((await callTool(front, token, 'list_devices')).isError).toBeUndefined();
});

describe('by single requests', () => {
  it('begins with what is heard, and each message names the subscription', async () => {
    const front = await startFrontEnd();
    const { deviceId } = await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('viewer');
    const uri = `convoy://device/${deviceId}`;
    const response = await listenRaw(front, token, { notifications: { resourceSubscriptions: [uri, uri] } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    await front.database.devices.recordFacts(deviceId, { status: 'unreachable' });
    const messages = [];
    for await (const message of messagesOf(response)) {
      messages.push(message);
      if (messages.length === 2) front.draining.abort();
    }
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 1 };
    expect(messages).toMatchObject([
      {
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications: { resourceSubscriptions: [uri] }, _meta },
      },
      { method: 'notifications/resources/updated', params: { uri, _meta } },
      { id: 1, result: { resultType: 'complete', _meta } },
    ]);
  });

  it('ends at once when nothing of it can be heard', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    const asked = { notifications: { resourceSubscriptions: ['convoy://device/nobody'], promptsListChanged: true } };
    const messages = [];
    for await (const message of messagesOf(await listenRaw(front, token, asked))) messages.push(message);
    expect(messages).toMatchObject([{ params: { notifications: {} } }, { result: { resultType: 'complete' } }]);
  });

  it('is refused when it is not well formed, names too much, or mirrors another method', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    for (const notifications of [undefined, 'all', { resourceSubscriptions: [7] }, { resourceSubscriptions: 'x' }]) {
      const response = await listenRaw(front, token, { notifications });
      expect(await response.json(), JSON.stringify(notifications)).toMatchObject({ error: { code: -32_602 } });
    }
    const resourceSubscriptions = Array.from({ length: 51 }, (_, index) => `convoy://device/lab-${index}`);
    const many = await listenRaw(front, token, { notifications: { resourceSubscriptions } });
    expect(many.status).toBe(422);
    const message = { method: 'subscriptions/listen', params: { notifications: {} } };
    const mismatch = await postModern(front, token, message, { 'mcp-method': 'tools/list' });
    expect(mismatch.status).toBe(400);
    expect(await mismatch.json()).toMatchObject({ error: { code: -32_020 } });
    // None of them keeps a place.
    await listen(front, token, ['convoy://fleet/summary']);
  });
});

async function* messagesOf(response: Response): AsyncGenerator<Record<string, unknown>> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const [, data] = /^data: (.+)$/m.exec(event) ?? [];
      if (data !== undefined) yield JSON.parse(data) as Record<string, unknown>;
    }
  }
}
