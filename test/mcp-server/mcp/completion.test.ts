import { expect, it } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { callTool, connectClient, postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

interface Completion {
  result?: { completion: { values: string[]; total: number; hasMore: boolean } };
  error?: { code: number; message: string };
}

const PROMPT = { type: 'ref/prompt', name: 'review_security' };
const resource = (uri: string) => ({ type: 'ref/resource', uri });

async function complete(front: TestFrontEnd, token: string, ref: object, name: string, value: string) {
  const params = { ref, argument: { name, value } };
  const response = await postModern(front, token, { method: 'completion/complete', params });
  return (await response.json()) as Completion;
}

it('offers what the caller may see by its first letters', async () => {
  const front = await startFrontEnd();
  const north = await addDevice(front.database, 'north-01', { tags: ['north', 'core'] });
  await addDevice(front.database, 'north-02', { tags: ['north'] });
  await addDevice(front.database, 'south-01', { tags: ['south', 'core'] });
  const all = await front.tokenOf('operator');
  const made = await callTool(front, all, 'plan_dns_ntp', { deviceIds: ['south-01'], dnsServers: ['9.9.9.9'] });
  const narrow = await front.tokenOf('operator', { email: 'n@convoy.test', groups: ['branch-north'] });
  const valuesOf = async (token: string, ref: object, name: string, value: string) => {
    const { result } = await complete(front, token, ref, name, value);
    return result?.completion.values;
  };
  expect(await valuesOf(all, PROMPT, 'deviceId', '')).toEqual(['north-01', 'north-02', 'south-01']);
  expect(await valuesOf(narrow, PROMPT, 'deviceId', '')).toEqual(['north-01', 'north-02']);
  expect(await valuesOf(narrow, PROMPT, 'deviceId', 'south')).toEqual([]);
  expect(await valuesOf(narrow, PROMPT, 'deviceId', north.deviceId.slice(0, 20))).toContain(north.deviceId);
  expect(await valuesOf(all, PROMPT, 'tag', '')).toEqual(['core', 'north', 'south']);
  expect(await valuesOf(narrow, PROMPT, 'tag', '')).toEqual(['core', 'north']);
  expect(await valuesOf(all, PROMPT, 'environment', 'p')).toEqual(['prod']);
  const plan = resource('convoy://plan/{planId}');
  expect(await valuesOf(all, plan, 'planId', 'pln_')).toEqual([made.structuredContent?.['planId']]);
  expect(await valuesOf(narrow, plan, 'planId', 'pln_')).toEqual([]);
  expect(await valuesOf(all, resource('convoy://docs/toolset/{toolset}'), 'toolset', 'd')).toEqual([
    'diagnostics',
    'dns',
    'dhcp',
  ]);
  expect(await valuesOf(all, resource('convoy://docs/plan-kind/{kind}'), 'kind', 'dns')).toEqual([
    'dns_ntp',
    'dns_static',
  ]);
  const operations = resource('convoy://docs/operation/{operation}');
  expect(await valuesOf(all, operations, 'operation', 'get_dns')).toContain('get_dns_status');
  const logs = resource('convoy://device/{deviceId}/logs{?cursor}');
  expect(await valuesOf(all, logs, 'cursor', '')).toEqual([]);
});

it('offers a hundred at most and says that there are more', async () => {
  const front = await startFrontEnd();
  await Promise.all(Array.from({ length: 105 }, (_, index) => addDevice(front.database, `lab-${index}`)));
  const { result } = await complete(front, await front.tokenOf('viewer'), PROMPT, 'deviceId', 'lab');
  expect(result?.completion).toMatchObject({ total: 105, hasMore: true });
  expect(result?.completion.values).toHaveLength(100);
});

it('knows no argument of what the caller does not see', async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('viewer');
  for (const [ref, name] of [
    [{ type: 'ref/prompt', name: 'roll_out_dns_ntp' }, 'tag'],
    [{ type: 'ref/prompt', name: 'nothing' }, 'tag'],
    [PROMPT, 'password'],
    [resource('convoy://nothing/{deviceId}'), 'deviceId'],
    [resource('convoy://plan/{planId}'), 'deviceId'],
  ] as const) {
    expect(await complete(front, token, ref, name, ''), JSON.stringify(ref)).toMatchObject({
      error: { code: -32_602 },
    });
  }
});

it('is a call like any other: counted, and for 2025 clients the same', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const client = await connectClient(front, await front.tokenOf('viewer'));
  const { completion } = await client.complete({
    ref: { type: 'ref/prompt', name: 'review_device' },
    argument: { name: 'deviceId', value: 'LAB' },
  });
  expect(completion).toEqual({ values: ['lab-01'], total: 1, hasMore: false });
  const text = await front.metrics.registry.metrics();
  expect(text).toMatch(/operation="complete_argument",outcome="ok"/);
});
