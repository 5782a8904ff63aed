import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findResource } from '../../../mcp-server/resources/define-resource.ts';
import { RESOURCES } from '../../../mcp-server/resources/index.ts';
import { addDevice } from '../support/devices.ts';
import { callTool, connectClient, postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

interface Content {
  uri: string;
  mimeType: string;
  text: string;
  _meta: Record<string, unknown>;
}

interface ReadAnswer {
  result?: { contents: Content[]; ttlMs: number; cacheScope: string };
  error?: { code: number; message: string; data?: Record<string, unknown> };
}

async function read(front: TestFrontEnd, token: string, uri: string): Promise<ReadAnswer> {
  const response = await postModern(front, token, { method: 'resources/read', params: { uri } }, { 'mcp-name': uri });
  return (await response.json()) as ReadAnswer;
}

async function readOne(front: TestFrontEnd, token: string, uri: string): Promise<Content> {
  const { result, error } = await read(front, token, uri);
  const [content] = result?.contents ?? [];
  if (content === undefined) throw new Error(JSON.stringify(error));
  return content;
}

async function list(front: TestFrontEnd, token: string, method: string): Promise<Record<string, unknown>> {
  const body = (await (await postModern(front, token, { method })).json()) as { result: Record<string, unknown> };
  return body.result;
}

describe('the lists of resources', () => {
  it('name no single device, whatever the fleet is, and may be kept by their reader alone', async () => {
    const front = await startFrontEnd();
    for (let index = 0; index < 5; index += 1) await addDevice(front.database, `lab-0${index}`);
    const token = await front.tokenOf('auditor');
    expect(await list(front, token, 'resources/list')).toMatchObject({
      resources: [{ name: 'fleet_summary', uri: 'convoy://fleet/summary', mimeType: 'application/json' }],
      ttlMs: 300_000,
      cacheScope: 'private',
    });
    const { resourceTemplates } = await list(front, token, 'resources/templates/list');
    const templates = (resourceTemplates as { uriTemplate: string }[]).map(({ uriTemplate }) => uriTemplate);
    expect(templates).toEqual(RESOURCES.map(({ uri }) => uri).filter((uri) => uri.includes('{')));
    expect(JSON.stringify(resourceTemplates)).not.toContain('lab-0');
  });

  it('leave out what the caller may not ask for', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer', { scope: '' });
    expect(await list(front, token, 'resources/list')).toMatchObject({ resources: [] });
    expect(await list(front, token, 'resources/templates/list')).toMatchObject({ resourceTemplates: [] });
    const ofViewer = await list(front, await front.tokenOf('viewer'), 'resources/templates/list');
    expect(JSON.stringify(ofViewer)).not.toContain('/audit');
  });

  it('are of actions that exist, each under an address of its own', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('admin');
    const shown = [
      ...((await list(front, token, 'resources/list'))['resources'] as { name: string }[]),
      ...((await list(front, token, 'resources/templates/list'))['resourceTemplates'] as { name: string }[]),
    ];
    expect(shown.map(({ name }) => name)).toEqual(RESOURCES.map(({ name }) => name));
    expect(new Set(RESOURCES.map(({ uri }) => uri.replaceAll(/\{[a-zA-Z]+\}/g, '{}'))).size).toBe(RESOURCES.length);
  });
});

describe('reading a resource', () => {
  it('is the call of its tool: the same answer, with size, time and the fields that are others’ words', async () => {
    const front = await startFrontEnd();
    const { deviceId } = await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('viewer');
    const uri = `convoy://device/${deviceId}`;
    const { result } = await read(front, token, uri);
    const [content] = result?.contents ?? [];
    expect(result).toMatchObject({ ttlMs: 10_000, cacheScope: 'private' });
    const tool = await callTool(front, token, 'get_device', { deviceId });
    expect(JSON.parse(content?.text ?? '')).toEqual(tool.structuredContent);
    expect(content).toMatchObject({
      uri,
      mimeType: 'application/json',
      _meta: {
        'convoy/sizeBytes': Buffer.byteLength(content?.text ?? ''),
        'convoy/observedAt': expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
    });
    const logs = await readOne(front, token, 'convoy://device/lab-01/logs');
    expect(logs._meta).toMatchObject({
      'convoy/observedAt': '2027-01-02T03:04:05.000Z',
      'convoy/untrusted': expect.arrayContaining(['entries[].message']) as string[],
    });
    expect(logs.text).toContain('user \\\\u{202e}admin logged in');
  });

  it('gives configuration as text, records that it was read, and tells where the next page is', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const answer = front.fleet.answers;
    const lines = { ...EXPORT, total: 3 };
    answer.read = (request) =>
      Promise.resolve({
        output:
          request.input['offset'] === 1
            ? { ...lines, lines: ['/ip dns set servers=9.9.9.9'], nextOffset: null }
            : { ...lines, lines: ['# first page'], nextOffset: 1 },
        observedAt: '2027-01-02T03:04:05.000Z',
        door: 'nexus',
      });
    const token = await front.tokenOf('operator');
    const first = await readOne(front, token, 'convoy://device/lab-01/config/live');
    expect(first).toMatchObject({ mimeType: 'text/plain', text: '# first page\n' });
    expect(first._meta).toMatchObject({ 'convoy/untrusted': ['text'] });
    const next = String(first._meta['convoy/nextUri']);
    expect(next).toMatch(/^convoy:\/\/device\/lab-01\/config\/live\?cursor=/);
    const second = await readOne(front, token, next);
    expect(second.text).toBe('/ip dns set servers=9.9.9.9\n');
    expect(second._meta).not.toHaveProperty('convoy/nextUri');
    const events = await front.database.audit.list({ action: 'get_config_export', limit: 10 });
    expect(events.map(({ outcome }) => outcome)).toEqual(['ok', 'requested', 'ok', 'requested']);
    expect(await read(front, token, `${next}x`)).toMatchObject({ error: { code: -32_602, message: /cursor/ } });
    expect(await read(front, await front.tokenOf('admin'), next)).toMatchObject({ error: { code: -32_602 } });
  });

  it('splits a large plan over pages that together have every device once', async () => {
    const front = await startFrontEnd();
    const devices = [];
    for (let index = 0; index < 12; index += 1) {
      devices.push(await addDevice(front.database, `lab-${String(index).padStart(2, '0')}`));
    }
    const token = await front.tokenOf('operator');
    const deviceIds = devices.map(({ deviceId }) => deviceId);
    const { structuredContent } = await callTool(front, token, 'plan_dns_ntp', { deviceIds, dnsServers: ['9.9.9.9'] });
    const planId = String(structuredContent?.['planId']);
    const changes = [{ path: '/ip/dns', key: 'servers', before: 'x'.repeat(30_000), after: '', summary: 's' }];
    const plan = await front.database.plans.get(planId);
    front.database.plans.get = () =>
      Promise.resolve(plan && { ...plan, devices: plan.devices.map((one) => ({ ...one, changes })) });
    const seen: string[] = [];
    let pages = 0;
    for (let uri: unknown = `convoy://plan/${planId}`; typeof uri === 'string'; pages += 1) {
      const { text, _meta } = await readOne(front, token, uri);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100_000);
      const page = JSON.parse(text) as { planId: string; devices: { deviceId: string }[] };
      expect(page.planId).toBe(planId);
      seen.push(...page.devices.map(({ deviceId }) => deviceId));
      uri = _meta['convoy/nextUri'];
    }
    expect(pages).toBe(4);
    expect(seen).toEqual(deviceIds);
  });

  it('shows kept configurations: the newest of a device, page by page of the same one, and each by its id', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    const take = async (configuration: string) => {
      front.fleet.configuration = configuration;
      const given = { deviceId: 'lab-01', comment: 'before a change' };
      const { structuredContent } = await callTool(front, token, 'take_snapshot', given);
      return String(structuredContent?.['snapshotId']);
    };
    const uri = 'convoy://device/lab-01/config';
    expect(await read(front, token, uri)).toMatchObject({ error: { code: -32_602, data: { uri } } });
    const first = Array.from({ length: 1_200 }, (_, index) => `/a set x=${index}\n`).join('');
    const snapshotId = await take(first);
    const page = await readOne(front, token, uri);
    await take('/b\n');
    const rest = await readOne(front, token, String(page._meta['convoy/nextUri']));
    expect(page.text + rest.text).toBe(first);
    expect((await readOne(front, token, uri)).text).toBe('/b\n');
    const viewer = await front.tokenOf('viewer');
    expect((await readOne(front, viewer, `convoy://snapshot/${snapshotId}`)).text).toMatch(/^\/a set x=0\n/);
    const kept = await readOne(front, viewer, 'convoy://device/lab-01/snapshots');
    expect(JSON.parse(kept.text)).toMatchObject({ snapshots: [{ lineCount: 1 }, { snapshotId }] });
    const narrow = await front.tokenOf('operator', { email: 'n@convoy.test', groups: ['branch-north'] });
    const hidden = `convoy://snapshot/${snapshotId}`;
    expect(await read(front, narrow, hidden)).toMatchObject({ error: { code: -32_602, data: { uri: hidden } } });
  });

  it('shows the log of a plan to those who see the plan', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    const made = await callTool(front, token, 'plan_dns_ntp', { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] });
    const uri = `convoy://plan/${String(made.structuredContent?.['planId'])}/log`;
    const { text } = await readOne(front, token, uri);
    expect(JSON.parse(text)).toMatchObject({ events: expect.arrayContaining([]) as unknown[] });
    expect(text).toContain('plan_dns_ntp');
    const narrow = await front.tokenOf('operator', { email: 'n@convoy.test', groups: ['branch-north'] });
    expect(await read(front, narrow, uri)).toMatchObject({ error: { code: -32_602, data: { uri } } });
  });

  it('knows the pages about the platform', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    expect((await readOne(front, token, 'convoy://docs/toolset/dns')).text).toContain('get_dns_status: ');
    expect((await readOne(front, token, 'convoy://docs/operation/get_dns_status')).text).toContain('/ip/dns');
    expect((await readOne(front, token, 'convoy://docs/plan-kind/dns_ntp')).text).toContain('plan_dns_ntp');
    const uri = 'convoy://docs/toolset/nothing';
    expect(await read(front, token, uri)).toMatchObject({ error: { code: -32_602, data: { uri } } });
  });
});

describe('what cannot be read', () => {
  it('is told alike, whether it does not exist, is out of scope, or for others', async () => {
    const front = await startFrontEnd();
    const { deviceId } = await addDevice(front.database, 'south-01', { tags: ['south'] });
    const narrow = await front.tokenOf('operator', { email: 'n@convoy.test', groups: ['branch-north'] });
    for (const uri of [
      `convoy://device/${deviceId}`,
      'convoy://device/south-01',
      'convoy://device/nobody',
      `convoy://device/${deviceId}/audit`,
      'convoy://plan/pln_01J0000000000000000000000A',
      'convoy://plan/no-id-of-a-plan',
      'convoy://device/%E0%A4%A',
      'convoy://device/south-01?cursor=x',
      'convoy://nothing/here',
      'https://convoy.test/device/south-01',
      `convoy://device/${'x'.repeat(3_000)}`,
    ]) {
      const answer = await read(front, narrow, uri);
      expect(answer, uri).toEqual({
        jsonrpc: '2.0',
        id: 1,
        error: { code: -32_602, message: 'Resource not found', data: { uri } },
      });
    }
  });

  it('says of a device that does not answer what a tool would say, and nothing more', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    front.fleet.answers.read = () => Promise.reject(new Error('connect ECONNREFUSED postgres://u:SECRET@db'));
    const { error } = await read(front, await front.tokenOf('viewer'), 'convoy://device/lab-01/interfaces');
    expect(error).toMatchObject({ code: -32_603, data: { code: 'INTERNAL_ERROR', retryable: expect.any(Boolean) } });
    expect(JSON.stringify(error)).not.toContain('SECRET');
  });
});

it('a client of 2026 lists, reads, gets and completes', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const token = await front.tokenOf('viewer');
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(front.mcpUrl), { requestInit }));
  onTestFinished(() => client.close());
  expect(client.getServerCapabilities()).toMatchObject({
    resources: { subscribe: true },
    prompts: {},
    completions: {},
  });
  expect((await client.listResources()).resources).toHaveLength(1);
  expect((await client.listResourceTemplates()).resourceTemplates.length).toBeGreaterThan(5);
  const { contents } = await client.readResource({ uri: 'convoy://device/lab-01' });
  expect(contents).toMatchObject([{ mimeType: 'application/json' }]);
  const gone = client.readResource({ uri: 'convoy://device/nobody' });
  await expect(gone).rejects.toMatchObject({ code: -32_602, data: { uri: 'convoy://device/nobody' } });
  const { messages } = await client.getPrompt({ name: 'review_device', arguments: { deviceId: 'lab-01' } });
  expect(messages).toHaveLength(1);
  const { completion } = await client.complete({
    ref: { type: 'ref/resource', uri: 'convoy://device/{deviceId}' },
    argument: { name: 'deviceId', value: 'l' },
  });
  expect(completion.values).toEqual(['lab-01']);
});

it('a client of 2025 lists, reads and is refused alike', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const client = await connectClient(front, await front.tokenOf('viewer'));
  expect(client.getServerCapabilities()?.resources).toEqual({});
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual(['convoy://fleet/summary']);
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.length).toBeGreaterThan(5);
  const { contents } = await client.readResource({ uri: 'convoy://device/lab-01' });
  expect(contents).toMatchObject([{ mimeType: 'application/json' }]);
  await expect(client.readResource({ uri: 'convoy://device/nobody' })).rejects.toMatchObject({
    code: -32_602,
    data: { uri: 'convoy://device/nobody' },
  });
});

it('addresses are taken apart exactly', () => {
  const found = findResource(RESOURCES, 'convoy://device/a%20b/logs?cursor=x%2By');
  expect(found).toMatchObject({ resource: { name: 'device_logs' }, variables: { deviceId: 'a b' }, cursor: 'x+y' });
  for (const uri of [
    'convoy://device/',
    'convoy://device//logs',
    'convoy://device/a/logs/',
    'convoy://device/a/logs?cursor',
    'convoy://device/a/logs?cursor=x&limit=9',
    'convoy://device/a/logs?limit=9',
    'CONVOY://device/a',
  ]) {
    expect(findResource(RESOURCES, uri), uri).toBeNull();
  }
});

const EXPORT = {
  localTime: null,
  version: '7.20.8',
  softwareId: null,
  model: null,
  serialNumber: null,
  complete: true,
  failures: [],
  notes: [],
  transport: 'rest',
};
