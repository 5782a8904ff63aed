import { expect, it } from 'vitest';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

interface Listed {
  name: string;
  method: string;
  path: string;
  input?: Record<string, unknown>;
  output?: Record<string, unknown>;
}

it('lists what the caller may call, by method and path, with schemas', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const listFor = async (token: string, query = ''): Promise<Map<string, Listed>> => {
    const { status, body } = await callApi(front, token, 'GET', `/operations${query}`);
    expect(status).toBe(200);
    return new Map((body['operations'] as Listed[]).map((one) => [one.name, one]));
  };
  const viewer = await front.tokenOf('viewer');
  const forViewer = await listFor(viewer);
  const read = forViewer.get('get_dns_status');
  expect(read).toMatchObject({
    method: 'GET',
    path: '/devices/:deviceId/operations/get_dns_status',
    toolset: 'dns',
    isTool: true,
    hints: { readOnly: true },
    input: { type: 'object', required: ['deviceId'] },
    output: { type: 'object' },
  });
  for (const hidden of ['update_dns_servers', 'plan_dns_ntp', 'register_device', 'take_snapshot']) {
    expect(forViewer.has(hidden)).toBe(false);
  }
  const called = await callApi(front, viewer, 'GET', String(read?.path).replace(':deviceId', 'lab-01'));
  expect(called.status).toBe(200);

  const operator = await front.tokenOf('operator');
  expect((await listFor(operator)).get('take_snapshot')).toMatchObject({ method: 'POST' });
  const narrow = await front.tokenOf('operator', { scope: 'fleet:read' });
  expect((await listFor(narrow)).has('update_dns_servers')).toBe(false);
  const dns = await listFor(viewer, '?toolset=dns&schemas=false');
  expect(new Set([...dns.values()].map(({ path }) => path.split('/', 2)[1]))).toEqual(new Set(['devices']));
  expect(dns.get('get_dns_status')).not.toHaveProperty('input');
});
