import { describe, expect, it } from 'vitest';
import { CapabilityFlags } from '../../../shared/domain/device.ts';
import { callApi as call } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

const ADMIN_SCOPE = { scope: 'fleet:read fleet:admin' };

describe('devices', () => {
  it('are listed with filters from the query', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01', { tags: ['core', 'north'] });
    await addDevice(front.database, 'lab-02', { tags: ['core'] });
    await addDevice(front.database, 'prod-01', { environment: 'prod', tags: ['core'] });
    const token = await front.tokenOf('viewer');
    const page = await call(front, token, 'GET', '/devices?environment=lab&tag=core&limit=1');
    expect(page.body).toMatchObject({
      devices: [{ name: 'lab-01' }],
      total: 2,
      nextCursor: expect.any(String) as string,
    });
    const next = await call(
      front,
      token,
      'GET',
      `/devices?environment=lab&tag=core&limit=1&cursor=${String(page.body['nextCursor'])}`,
    );
    expect(next.body).toMatchObject({ devices: [{ name: 'lab-02' }] });
    const both = await call(front, token, 'GET', '/devices?tag=core&tag=north');
    expect(both.body).toMatchObject({ devices: [{ name: 'lab-01' }], total: 1 });
    const wrong = await call(front, token, 'GET', '/devices?limit=many');
    expect([wrong.status, wrong.body['code']]).toEqual([422, 'VALIDATION_ERROR']);
    const unknown = await call(front, token, 'GET', '/devices?colour=red');
    expect([unknown.status, unknown.body['code']]).toEqual([422, 'UNKNOWN_FIELD']);
  });

  it('are shown by id or name, and changed only in what may change', async () => {
    const front = await startFrontEnd();
    const { deviceId } = await addDevice(front.database, 'lab-01', { flags: CapabilityFlags.parse({}) });
    const admin = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    expect((await call(front, admin, 'GET', '/devices/lab-01')).body).toMatchObject({ deviceId });
    const changed = await call(front, admin, 'PATCH', `/devices/${deviceId}`, {
      flags: { allowAdvancedWrites: true },
      tags: ['core'],
      lane: { maxInFlight: 1 },
    });
    expect(changed.body).toMatchObject({
      flags: { allowAdvancedWrites: true, allowProfessionalWorkflows: false },
      tags: ['core'],
      lane: { maxInFlight: 1, requestsPerSecond: 5 },
    });
    const fixed = await call(front, admin, 'PATCH', `/devices/${deviceId}`, { environment: 'prod' });
    expect([fixed.status, fixed.body['code']]).toEqual([422, 'UNKNOWN_FIELD']);
    const nothing = await call(front, admin, 'PATCH', `/devices/${deviceId}`, {});
    expect([nothing.status, nothing.body['code']]).toEqual([422, 'VALIDATION_ERROR']);
  });
});

describe('operations', () => {
  it('reads are GET with their arguments in the query, writes are POST with theirs in the body', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    const path = '/devices/lab-01/operations';
    const read = await call(front, token, 'GET', `${path}/get_recent_logs?limit=5&topics=error&topics=critical`);
    expect(read.status).toBe(200);
    expect(front.fleet.reads[0]?.input).toEqual({ limit: 5, topics: ['error', 'critical'] });
    const write = await call(front, token, 'POST', `${path}/update_dns_servers`, { dnsServers: ['9.9.9.9'] });
    expect(write.body).toMatchObject({ outcome: 'applied', deviceName: 'lab-01' });
    const swapped = await call(front, token, 'GET', `${path}/update_dns_servers`);
    expect([swapped.status, swapped.headers.get('allow')]).toEqual([405, 'POST']);
    const twice = await call(front, token, 'POST', `${path}/update_dns_servers`, {
      deviceId: 'x',
      dnsServers: ['9.9.9.9'],
    });
    expect([twice.status, twice.body['code']]).toEqual([422, 'VALIDATION_ERROR']);
    expect((await call(front, token, 'GET', `${path}/reboot`)).status).toBe(404);
  });
});

describe('plans', () => {
  it('are proposed, shown, listed, awaited and steered', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    const proposed = await call(front, token, 'POST', '/plans/dns_ntp', {
      deviceIds: ['lab-01'],
      dnsServers: ['9.9.9.9'],
    });
    expect(proposed.status).toBe(201);
    const planId = String(proposed.body['planId']);
    expect((await call(front, token, 'GET', `/plans/${planId}`)).body).toEqual(proposed.body);
    expect((await call(front, token, 'GET', '/plans?status=awaiting_approval')).body).toMatchObject({
      plans: [{ planId }],
    });
    expect((await call(front, token, 'GET', `/plans/${planId}/wait?waitSeconds=0`)).body).toMatchObject({ planId });
    front.fleet.answers.signalPlan = () => front.database.plans.patch({ planId, status: 'cancelled' });
    const cancelled = await call(front, token, 'POST', `/plans/${planId}/cancel`);
    expect([cancelled.status, cancelled.body['status']]).toEqual([200, 'cancelled']);
    const again = await call(front, token, 'POST', `/plans/${planId}/cancel`, { comment: 'again' });
    expect([again.status, again.body['code']]).toEqual([409, 'PLAN_STATE_CONFLICT']);
    expect((await call(front, token, 'GET', '/plans/pln_nonsense')).body['code']).toBe('VALIDATION_ERROR');
  });
});

describe('the audit trail', () => {
  it('is for auditors and administrators, and for others that of a plan they may see', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const operator = await front.tokenOf('operator');
    const proposed = await call(front, operator, 'POST', '/plans/dns_ntp', {
      deviceIds: ['lab-01'],
      dnsServers: ['9.9.9.9'],
    });
    const planId = String(proposed.body['planId']);
    await call(front, operator, 'POST', `/plans/${planId}/cancel`, { comment: 'no' });
    const auditor = await front.tokenOf('auditor');
    const newest = await call(front, auditor, 'GET', '/audit?limit=1');
    expect(newest.body).toMatchObject({
      events: [{ action: 'cancel_plan', planId, environment: 'lab', roles: ['operator'], tier: 'professional' }],
      nextCursor: expect.any(String) as string,
    });
    const older = await call(front, auditor, 'GET', `/audit?cursor=${String(newest.body['nextCursor'])}`);
    expect(older.body).toEqual({
      events: [
        expect.objectContaining({
          action: 'plan_dns_ntp',
          outcome: 'ok',
          planId,
          endedAt: expect.any(String) as string,
          outcomeSeq: 2,
          authMethod: 'access-token',
          arguments: expect.objectContaining({ dnsServers: ['9.9.9.9'] }) as object,
        }),
      ],
    });
    const query = (text: string) => call(front, auditor, 'GET', `/audit?${text}`).then(({ body }) => body['events']);
    expect(await query('actor=operator@convoy.test&outcome=ok&action=plan_dns_ntp')).toHaveLength(1);
    expect(await query('actor=nobody')).toEqual([]);
    expect(await query('to=2000-01-01T00:00:00Z')).toEqual([]);
    expect((await call(front, operator, 'GET', '/audit')).body['code']).toBe('FORBIDDEN');
    const own = await call(front, operator, 'GET', `/audit?planId=${planId}`);
    expect(own.body).toMatchObject({ events: [{ action: 'cancel_plan' }, { action: 'plan_dns_ntp', outcome: 'ok' }] });
  });
});

describe('refusals', () => {
  it('are problem documents with the same fields as everywhere', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    const correlation = { 'x-correlation-id': 'my-correlation-1' };
    const { status, headers, body } = await call(front, token, 'GET', '/devices/nobody', undefined, correlation);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(headers.get('x-correlation-id')).toBe('my-correlation-1');
    expect(body).toMatchObject({
      type: 'urn:convoy:problem:DEVICE_NOT_FOUND',
      title: 'Not Found',
      status: 404,
      detail: body['message'],
      code: 'DEVICE_NOT_FOUND',
      hint: expect.any(String) as string,
      retryable: false,
      correlationId: 'my-correlation-1',
    });
  });

  it('paths and bodies that make no sense have their own status', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('operator');
    expect((await call(front, token, 'GET', '/nothing')).body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect((await call(front, token, 'DELETE', '/devices')).status).toBe(405);
    const unknown = await call(front, token, 'POST', '/plans/qos', {});
    expect([unknown.status, JSON.stringify(unknown.body)]).toEqual([
      404,
      expect.stringMatching(/There is no plan kind .+qos.+; there are dns_ntp, address_list_sync, /),
    ]);
    expect((await call(front, token, 'POST', '/plans/dns_ntp', [1])).status).toBe(422);
    const headers = { authorization: `Bearer ${token}` };
    const form = await fetch(`${front.apiUrl}/plans/dns_ntp`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=b',
    });
    expect(form.status).toBe(415);
    const broken = await fetch(`${front.apiUrl}/plans/dns_ntp`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{',
    });
    expect([broken.status, ((await broken.json()) as { code: string }).code]).toEqual([400, 'VALIDATION_ERROR']);
  });
});

it('describes itself in an OpenAPI document that has every route', async () => {
  const front = await startFrontEnd();
  const document = (await (await fetch(`${front.apiUrl}/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  expect(document.openapi).toBe('3.1.0');
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes).toEqual(
    expect.arrayContaining([
      'GET /devices',
      'POST /devices',
      'GET /devices/{deviceId}',
      'PATCH /devices/{deviceId}',
      'GET /devices/{deviceId}/operations/get_dns_status',
      'POST /devices/{deviceId}/operations/update_dns_servers',
      'POST /plans/dns_ntp',
      'GET /plans',
      'GET /plans/{planId}',
      'POST /plans/{planId}/rollback',
      'GET /audit',
    ]),
  );
  const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  expect(new Set(ids).size).toBe(ids.length);
  expect(JSON.stringify(document)).not.toMatch(/approve_plan|"\/plans\/\{planId\}\/(approve|reject)"/);
});

it('a parameter with a character that cannot be stored is refused by name', async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('viewer');
  for (const [path, key] of [
    ['/devices/one%00two', 'deviceId'],
    ['/devices?tag=%00', 'tags[0]'],
    ['/plans?requestedBy=%00', 'requestedBy'],
  ] as const) {
    const { status, body } = await call(front, token, 'GET', path);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining(`${key}: the text holds`),
    });
  }
});

it('a parameter named like a member every object has is an unknown field', async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('viewer');
  for (const name of ['constructor', 'toString', '__proto__']) {
    const { status, body } = await call(front, token, 'GET', `/devices?${name}=1`);
    expect([status, body['code']]).toEqual([422, 'UNKNOWN_FIELD']);
    expect(body['message']).toMatch(new RegExp(`^${name}: this field does not exist`));
  }
});
