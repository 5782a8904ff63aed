import { expect, test } from 'vitest';
import type { AccessRule } from '../../../shared/domain/access-file.ts';
import { CapabilityFlags } from '../../../shared/domain/device.ts';
import { addDevice } from '../support/devices.ts';
import { callApi } from '../support/api-calls.ts';
import { postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

interface Explained {
  verdict: string;
  code: string | null;
  steps: { step: string; outcome: string; code?: string; rules?: string[] }[];
}

async function explain(front: TestFrontEnd, question: Record<string, unknown>): Promise<Explained> {
  const token = await front.tokenOf('auditor', { aud: `${front.url}/api/v1`, scope: 'fleet:read' });
  const { status, body } = await callApi(front, token, 'POST', '/access/explain', question);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as unknown as Explained;
}

const NORTH = { claims: { sub: 'nora', groups: ['branch-north'] }, action: 'update_dns_servers' };

test('tells every step, and which rule of the access file let it pass', async () => {
  const rule: AccessRule = {
    name: 'the north',
    when: { claim: 'groups', equals: 'branch-north' },
    roles: ['operator'],
    devices: [{ tags: ['north'] }],
  };
  const auditor: AccessRule = {
    when: { claim: 'email', equals: 'auditor@convoy.test' },
    roles: ['auditor'],
    devices: { all: true },
  };
  const front = await startFrontEnd({ access: { rules: [auditor, rule] } });
  await addDevice(front.database, 'north-01', { tags: ['north'] });
  const { verdict, code, steps } = await explain(front, { ...NORTH, deviceId: 'north-01' });
  expect({ verdict, code }).toEqual({ verdict: 'allowed', code: null });
  const rules = steps.filter((step) => step.rules !== undefined);
  expect(rules.map(({ step }) => step)).toEqual(['role', 'target', 'role on target']);
  expect(new Set(rules.flatMap((step) => step.rules))).toEqual(new Set(['the north']));
});

test('tells the first refusal as the code a call is answered with, and goes on behind it', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'south-01', { tags: ['south'] });
  await addDevice(front.database, 'bare-01', { tags: ['north'], flags: CapabilityFlags.parse({}) });
  expect(await explain(front, { ...NORTH, deviceId: 'south-01' })).toMatchObject({ code: 'DEVICE_NOT_FOUND' });
  expect(await explain(front, { ...NORTH, deviceId: 'bare-01' })).toMatchObject({ code: 'DEVICE_CAPABILITY_MISSING' });
  const both = await explain(front, { ...NORTH, deviceId: 'bare-01', scopes: ['fleet:read'] });
  expect(both.code).toBe('INSUFFICIENT_SCOPE');
  expect(both.steps.filter(({ outcome }) => outcome === 'refused').map(({ code }) => code)).toEqual([
    'INSUFFICIENT_SCOPE',
    'DEVICE_CAPABILITY_MISSING',
  ]);
});

test('knows whoever was here by subject and by address, and leaves open what takes a device', async () => {
  const front = await startFrontEnd();
  await postModern(front, await front.tokenOf('operator', { sub: 'otto' }), { method: 'tools/list' });
  for (const user of ['otto', 'Operator@Convoy.Test']) {
    expect(await explain(front, { user, action: 'update_dns_servers' })).toMatchObject({ verdict: 'open' });
    expect(await explain(front, { user, action: 'revoke_access' })).toMatchObject({
      verdict: 'refused',
      code: 'FORBIDDEN',
    });
  }
  const token = await front.tokenOf('admin', { aud: `${front.url}/api/v1`, scope: 'fleet:read' });
  const stranger = await callApi(front, token, 'POST', '/access/explain', { user: 'nobody', action: 'get_device' });
  expect(stranger.body).toMatchObject({ code: 'NOT_FOUND' });
});

test('is for auditors and administrators, calls nothing and is recorded', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'north-01', { tags: ['north'] });
  const viewer = await front.tokenOf('viewer', { aud: `${front.url}/api/v1`, scope: 'fleet:read' });
  const refused = await callApi(front, viewer, 'POST', '/access/explain', { user: 'a', action: 'get_device' });
  expect(refused.body).toMatchObject({ code: 'FORBIDDEN' });
  await explain(front, { ...NORTH, deviceId: 'north-01' });
  expect([front.fleet.changes, front.fleet.reads]).toEqual([[], []]);
  const events = await front.database.audit.list({ limit: 10, action: 'explain_access' });
  expect(events.map(({ outcome }) => outcome)).toContain('ok');
});
