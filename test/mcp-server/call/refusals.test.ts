import { describe, expect, it } from 'vitest';
import { CapabilityFlags } from '../../../shared/domain/device.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const SERVERS = { dnsServers: ['9.9.9.9'] };

async function refusal(front: TestFrontEnd, name: string, args: Record<string, unknown>) {
  const answer = await callTool(front, await front.tokenOf('operator'), name, args);
  expect(answer.isError).toBe(true);
  return { ...answer.structuredContent, text: answer.content[0]?.text ?? '' } as Record<string, unknown> & {
    text: string;
  };
}

describe('a refused write has its own code and sentence, changes nothing and leaves one audit event', () => {
  const cases: Record<
    string,
    { device?: Parameters<typeof addDevice>[2]; args: Record<string, unknown>; code: string; says: RegExp }
  > = {
    'an unknown device': { args: { deviceId: 'lab-99', ...SERVERS }, code: 'DEVICE_NOT_FOUND', says: /"lab-99"/ },
    'another environment than the one named': {
      args: { deviceId: 'lab-01', environment: 'prod', ...SERVERS },
      code: 'DEVICE_ENVIRONMENT_RESTRICTED',
      says: /lab-01 is in lab, not in prod/,
    },
    'a missing capability flag': {
      device: { flags: CapabilityFlags.parse({}) },
      args: { deviceId: 'lab-01', ...SERVERS },
      code: 'DEVICE_CAPABILITY_MISSING',
      says: /allowAdvancedWrites is not set on lab-01/,
    },
    'a malformed address': {
      args: { deviceId: 'lab-01', dnsServers: ['9.9.9.9', '300.1.1.1'] },
      code: 'VALIDATION_ERROR',
      says: /dnsServers\[1\].*given was "300\.1\.1\.1"/,
    },
    'a missing argument': {
      args: { deviceId: 'lab-01' },
      code: 'VALIDATION_ERROR',
      says: /dnsServers: is missing; a list is wanted/,
    },
    'an unknown field': {
      args: { deviceId: 'lab-01', ...SERVERS, force: true },
      code: 'UNKNOWN_FIELD',
      says: /force: this field does not exist; allowed are deviceId, .*dryRun/,
    },
    'a character that cannot be stored': {
      args: { deviceId: 'lab-01', ...SERVERS, comment: 'one\u0000two' },
      code: 'VALIDATION_ERROR',
      says: /^comment: the text holds a character that is none/,
    },
    'half a character': {
      args: { deviceId: 'lab-01', dnsServers: ['9.9.9.9', '\ud800'] },
      code: 'VALIDATION_ERROR',
      says: /^dnsServers\[1\]: the text holds/,
    },
    'a name that cannot be stored': {
      args: { deviceId: 'lab-01', ...SERVERS, 'na\u0000me': true },
      code: 'VALIDATION_ERROR',
      says: /^na\ufffdme: the name holds/,
    },
    'a wrong type': {
      args: { deviceId: 'lab-01', ...SERVERS, dryRun: 'yes' },
      code: 'VALIDATION_ERROR',
      says: /dryRun: true or false is wanted; given was "yes"/,
    },
  };
  it.each(Object.entries(cases))('%s', async (_, { device, args, code, says }) => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01', device);
    const body = await refusal(front, 'update_dns_servers', args);
    expect(body).toMatchObject({ code, retryable: false, correlationId: expect.any(String) as string });
    expect(body['message']).toMatch(says);
    expect(body.text.split('\n')[0]).toContain(`${code}: `);
    expect(front.fleet.changes).toEqual([]);
    const events = await front.database.audit.list({ limit: 10 });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      action: 'update_dns_servers',
      actor: 'operator@convoy.test',
      outcome: 'refused',
      code,
      correlationId: body['correlationId'],
    });
  });

  it('a decommissioned device', async () => {
    const front = await startFrontEnd();
    const { deviceId } = await addDevice(front.database, 'lab-01');
    await front.database.devices.decommission(deviceId);
    const body = await refusal(front, 'update_dns_servers', { deviceId, ...SERVERS });
    expect(body['code']).toBe('DEVICE_DECOMMISSIONED');
  });
});

it('names at most five problems and says how many more there are', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const dnsServers = Array.from({ length: 9 }, (_, index) => `bad-${index}`);
  const body = await refusal(front, 'update_dns_servers', { deviceId: 'lab-01', dnsServers });
  expect(body['details']).toMatchObject({ more: 4 });
  expect((body['details'] as { problems: unknown[] }).problems).toHaveLength(5);
});

it('limits the calls of one person, and not those of another', async () => {
  const front = await startFrontEnd({ rateLimit: { perSecond: 0.001, burst: 2 } });
  const operator = await front.tokenOf('operator');
  await callTool(front, operator, 'list_devices');
  await callTool(front, operator, 'list_devices');
  const third = await callTool(front, operator, 'list_devices');
  expect(third.structuredContent).toMatchObject({
    code: 'RATE_LIMITED',
    retryable: true,
    details: { retryAfterSeconds: 1000 },
  });
  expect((await callTool(front, await front.tokenOf('viewer'), 'list_devices')).isError).toBeUndefined();
  const api = await fetch(`${front.apiUrl}/devices`, { headers: { authorization: `Bearer ${operator}` } });
  expect([api.status, api.headers.get('retry-after')]).toEqual([429, '1000']);
});

describe('what goes wrong inside', () => {
  it('never reaches the caller as text', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    front.fleet.answers.read = () => Promise.reject(new Error('connect ECONNREFUSED postgres://u:SECRET@db'));
    const answer = await callTool(front, await front.tokenOf('viewer'), 'get_dns_status', { deviceId: 'lab-01' });
    expect(answer.structuredContent).toMatchObject({
      code: 'INTERNAL_ERROR',
      correlationId: expect.any(String) as string,
    });
    expect(JSON.stringify(answer)).not.toMatch(/SECRET|ECONNREFUSED|postgres/);
    const logged = front.log.find((record) => record['msg'] === 'call failed');
    expect(logged).toMatchObject({ correlationId: answer.structuredContent?.['correlationId'] });
    expect(JSON.stringify(front.log)).not.toContain('SECRET');
  });

  it('an answer that breaks its schema is an internal error', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const observedAt = new Date().toISOString();
    front.fleet.answers.read = () => Promise.resolve({ output: { servers: 'none' }, observedAt, door: 'nexus' });
    const answer = await callTool(front, await front.tokenOf('viewer'), 'get_dns_status', { deviceId: 'lab-01' });
    expect(answer.structuredContent).toMatchObject({ code: 'INTERNAL_ERROR' });
  });
});
