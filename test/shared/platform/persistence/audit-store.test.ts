import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';

test('keeps everything that was recorded', async () => {
  const { audit } = await openTestDatabase();
  const record = {
    key: 'call-1',
    at: '2031-01-02T03:04:05.678Z',
    action: 'operation.update_dns_servers',
    actor: 'olga',
    actorEmail: 'olga@convoy.test',
    clientId: 'claude',
    via: 'mcp',
    planId: 'pln_1',
    deviceId: 'dev_1',
    operation: 'update_dns_servers',
    outcome: 'failed' as const,
    code: 'DEVICE_TIMEOUT',
    message: 'The device answered too slowly.',
    arguments: { servers: ['192.0.2.53'] },
    details: { attempts: 1 },
    authMethod: 'access-token',
    roles: ['operator', 'approver'],
    tier: 'advanced',
    environment: 'lab',
    correlationId: 'from-the-client',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  };
  expect(await audit.append(record)).toBe(true);
  expect(await audit.list({ limit: 10 })).toEqual([
    {
      seq: 1,
      ...record,
      argumentsDigest: createHash('sha256').update('{"servers":["192.0.2.53"]}').digest('hex'),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
});

test('takes a repeated key as the same record, also when many write it at once', async () => {
  const { audit } = await openTestDatabase();
  const append = (actor: string): Promise<boolean> =>
    audit.append({ key: 'plan/pln_1/approved', action: 'plan.approved', actor, outcome: 'ok' });
  expect(await append('first')).toBe(true);
  expect(await Promise.all(Array.from({ length: 8 }, () => append('later')))).toEqual(Array(8).fill(false));
  expect(await audit.list({ limit: 10 })).toMatchObject([{ actor: 'first' }]);
});

test('lists the newest first, by plan, device and action, a page at a time', async () => {
  const { audit } = await openTestDatabase();
  for (const [index, [planId, deviceId, action]] of [
    ['pln_1', 'dev_1', 'a'],
    ['pln_1', 'dev_2', 'b'],
    ['pln_2', 'dev_1', 'a'],
    ['pln_1', 'dev_1', 'b'],
  ].entries()) {
    await audit.append({ key: `k${index}`, action: action ?? '', actor: 'x', planId, deviceId, outcome: 'ok' });
  }
  const keysOf = async (request: Parameters<typeof audit.list>[0]): Promise<string[]> =>
    (await audit.list(request)).map(({ key }) => key);
  expect(await keysOf({ limit: 10 })).toEqual(['k3', 'k2', 'k1', 'k0']);
  expect(await keysOf({ limit: 10, planId: 'pln_1' })).toEqual(['k3', 'k1', 'k0']);
  expect(await keysOf({ limit: 10, planId: 'pln_1', deviceId: 'dev_1' })).toEqual(['k3', 'k0']);
  expect(await keysOf({ limit: 10, action: 'a' })).toEqual(['k2', 'k0']);

  const [, last] = await audit.list({ limit: 2 });
  expect(await keysOf({ limit: 2, before: last?.seq ?? 0 })).toEqual(['k1', 'k0']);
});

test('masks secrets in what callers gave', async () => {
  const { audit } = await openTestDatabase();
  await audit.append({
    key: 'k',
    action: 'device.registered',
    actor: 'x',
    outcome: 'ok',
    arguments: { name: 'lab-01', password: 'hunter2', nested: { token: 'hunter2' } },
    details: { header: 'Bearer hunter2-hunter2' },
  });
  const [event] = await audit.list({ limit: 1 });
  expect(JSON.stringify(event)).not.toContain('hunter2');
  expect(event?.arguments).toMatchObject({ name: 'lab-01' });
});

test('stores text from routers as it is, whatever characters it holds', async () => {
  const { audit } = await openTestDatabase();
  const text = `'; drop table audit_event; -- ? $1 \\ " \u{1F4A5} \n`;
  await audit.append({
    key: 'k',
    action: 'x',
    actor: 'x',
    outcome: 'ok',
    message: `${text}\0`,
    details: { text, nul: '\0' },
  });
  const [event] = await audit.list({ limit: 1 });
  expect(event?.message).toBe(`${text}\u{FFFD}`);
  expect(event?.details).toEqual({ text, nul: '\0' });
});
