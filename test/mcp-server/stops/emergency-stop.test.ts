import { describe, expect, it, vi } from 'vitest';
import { GOES_ON, heedsStops } from '../../../mcp-server/call/check-stops.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { DatabaseAway } from '../../../shared/platform/persistence/database-error.ts';
import { catalogue } from '../../support/listed-tools.ts';
import { callApi, type ApiAnswer } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const WRITE = '/devices/lab-01/operations/update_dns_servers';
const SERVERS = { dnsServers: ['9.9.9.9'] };

async function stop(front: TestFrontEnd, role: string, body: Record<string, unknown>): Promise<ApiAnswer> {
  return callApi(front, await front.tokenOf(role), 'POST', '/stops', { reason: 'wrong resolvers', ...body });
}

async function write(front: TestFrontEnd, path = WRITE, body: Record<string, unknown> = SERVERS): Promise<ApiAnswer> {
  return callApi(front, await front.tokenOf('operator'), 'POST', path, body);
}

describe('while writing is stopped', () => {
  it('every write is refused with who, when, where and why; reads and dry runs go on', async () => {
    const front = await startFrontEnd();
    const device = await addDevice(front.database, 'lab-01');
    const placed = await stop(front, 'approver', { all: true });
    expect(placed).toMatchObject({ status: 201, body: { scope: 'all', reason: 'wrong resolvers', liftedAt: null } });

    const refused = await write(front);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'EMERGENCY_STOP',
        retryable: false,
        details: { stopId: placed.body['stopId'], placedBy: 'approver@convoy.test', reason: 'wrong resolvers' },
      },
    });
    expect(refused.body['message']).toMatch(
      /the whole fleet was stopped by approver@convoy\.test at 20.*wrong resolvers/,
    );
    expect(front.fleet.changes).toEqual([]);
    const audit = await front.database.audit.list({ deviceId: device.deviceId, limit: 5 });
    expect(audit[0]).toMatchObject({ action: 'update_dns_servers', outcome: 'refused', code: 'EMERGENCY_STOP' });

    expect((await write(front, WRITE, { ...SERVERS, dryRun: true })).status).toBe(200);
    const read = await callApi(
      front,
      await front.tokenOf('viewer'),
      'GET',
      '/devices/lab-01/operations/get_dns_status',
    );
    expect(read.status).toBe(200);
  });

  it('of one environment or device, the others go on', async () => {
    const front = await startFrontEnd();
    for (const name of ['lab-01', 'lab-02']) await addDevice(front.database, name);
    await addDevice(front.database, 'core-01', { environment: 'prod' });
    await stop(front, 'operator', { environment: 'prod' });
    await stop(front, 'operator', { deviceId: 'lab-02' });
    const codes = await Promise.all(
      ['lab-01', 'lab-02', 'core-01'].map(
        async (name) => (await write(front, WRITE.replace('lab-01', name))).body['code'],
      ),
    );
    expect(codes).toEqual([undefined, 'EMERGENCY_STOP', 'EMERGENCY_STOP']);
  });

  it('a plan may be proposed, paused and rolled back, and neither applied nor resumed; running ones are told', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const proposed = await write(front, '/plans/dns_ntp', { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] });
    const planId = String(proposed.body['planId']);
    await front.database.plans.patch({ planId, status: 'rolling_out' });
    expect((await stop(front, 'operator', { environment: 'lab' })).body['runningPlans']).toEqual([planId]);
    expect(front.fleet.rechecked).toEqual([planId]);

    const another = await write(front, '/plans/dns_ntp', { deviceIds: ['lab-01'], dnsServers: ['9.9.9.10'] });
    expect(another.status).toBe(201);
    const control = async (signal: string, from: 'approved' | 'paused' | 'rolling_out'): Promise<unknown> => {
      await front.database.plans.patch({ planId, status: from });
      front.fleet.answers.signalPlan = () => front.database.plans.patch({ planId, status: 'rolled_back' });
      return (await write(front, `/plans/${planId}/${signal}`, {})).body['code'];
    };
    expect(await control('apply', 'approved')).toBe('EMERGENCY_STOP');
    expect(await control('resume', 'paused')).toBe('EMERGENCY_STOP');
    expect(await control('pause', 'rolling_out')).toBeUndefined();
    expect(await control('rollback', 'paused')).toBeUndefined();
  });

  it('one that the database does not take is refused with what that means; one that it took is never', async () => {
    const front = await startFrontEnd();
    const { stops } = front.database;

    const readOnly = new AppError('SERVICE_READ_ONLY', { details: { retryAfterSeconds: 5 } });
    for (const error of [new DatabaseAway('gone'), readOnly]) {
      vi.spyOn(stops, 'place').mockRejectedValueOnce(error);
      const { status, body } = await stop(front, 'operator', { all: true });
      expect([status, body]).toMatchObject([
        503,
        { code: 'SERVICE_READ_ONLY', details: { retryAfterSeconds: 5 }, hint: expect.stringContaining('Repeat') },
      ]);
      expect(body['message']).toContain('the stop is not in force');
    }

    stops.runningPlans = () => Promise.reject(new DatabaseAway('gone'));
    expect(await stop(front, 'operator', { all: true })).toMatchObject({ status: 201, body: { runningPlans: [] } });
  });

  it('is assumed when it cannot be read', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    front.database.stops.active = () => Promise.reject(new AppError('SERVICE_UNAVAILABLE'));
    expect(await write(front)).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    expect(front.fleet.changes).toEqual([]);
  });
});

describe('who stops and who allows again', () => {
  it('stopping takes operator, approver or admin, lifting admin and a reason; both are on record', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    for (const role of ['viewer', 'auditor']) expect((await stop(front, role, { all: true })).status).toBe(403);
    const { body } = await stop(front, 'operator', { all: true });
    const claims = { scope: 'fleet:read fleet:admin', aud: front.apiUrl };
    const lift = async (role: string, given: Record<string, unknown>): Promise<ApiAnswer> =>
      callApi(front, await front.tokenOf(role, claims), 'POST', `/stops/${String(body['stopId'])}/lift`, given);
    for (const role of ['operator', 'approver']) expect((await lift(role, { reason: 'fixed' })).status).toBe(403);
    expect((await lift('admin', {})).body['code']).toBe('VALIDATION_ERROR');
    expect((await lift('admin', { reason: '   ' })).body['code']).toBe('VALIDATION_ERROR');

    expect(await lift('admin', { reason: 'resolvers answer again' })).toMatchObject({
      status: 200,
      body: { liftedBy: 'admin@convoy.test', liftReason: 'resolvers answer again' },
    });
    expect((await write(front)).status).toBe(200);
    const actions = (await front.database.audit.list({ limit: 50 })).map(
      ({ action, outcome }) => `${action} ${outcome}`,
    );
    expect(actions).toContain('emergency_stop ok');
    expect(actions).toContain('lift_emergency_stop ok');
    const missing = await callApi(
      front,
      await front.tokenOf('admin', claims),
      'POST',
      `/stops/stp_${'0'.repeat(26)}/lift`,
      {
        reason: 'no such',
      },
    );
    expect(missing).toMatchObject({ status: 404, body: { code: 'STOP_NOT_FOUND' } });
  });

  it('one may stop what one is responsible for, and sees no other device’s stop', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'north-01', { tags: ['north'] });
    await addDevice(front.database, 'south-01');
    const token = await front.tokenOf('nobody', { sub: 'nora', email: 'nora@convoy.test', groups: ['branch-north'] });
    const post = (body: Record<string, unknown>) =>
      callApi(front, token, 'POST', '/stops', { reason: 'wrong resolvers', ...body });
    expect((await post({ all: true })).body['code']).toBe('FORBIDDEN');
    expect((await post({ environment: 'lab' })).body['code']).toBe('FORBIDDEN');
    expect((await post({ deviceId: 'south-01' })).body['code']).toBe('DEVICE_NOT_FOUND');
    expect((await post({ deviceId: 'north-01' })).status).toBe(201);
    expect((await post({})).body['code']).toBe('VALIDATION_ERROR');
    await stop(front, 'admin', { deviceId: 'south-01' });
    const { body } = await callApi(front, token, 'GET', '/stops');
    expect(body['stops']).toMatchObject([{ deviceName: 'north-01' }]);
    expect((await callApi(front, await front.tokenOf('viewer'), 'GET', '/stops')).body['stops']).toHaveLength(2);
  });

  it('a model may stop and never lift', async () => {
    const front = await startFrontEnd();
    const answer = await callTool(front, await front.tokenOf('operator'), 'emergency_stop', {
      all: true,
      reason: 'loop',
    });
    expect(answer.structuredContent).toMatchObject({ scope: 'all', reason: 'loop' });
    const names = catalogue.actions.filter(({ surfaces }) => surfaces.includes('mcp')).map(({ name }) => name);
    expect(names).toContain('emergency_stop');
    expect(names).not.toContain('lift_emergency_stop');
  });
});

describe('what heeds a stop', () => {
  it('is every write but those that are named, each with a reason', () => {
    const writes = catalogue.actions.filter(({ hints }) => !hints.readOnly);
    for (const name of Object.keys(GOES_ON)) expect(writes.map((action) => action.name)).toContain(name);
    expect(
      writes
        .filter(heedsStops)
        .map(({ name }) => name)
        .sort(),
    ).toMatchInlineSnapshot(`
      [
        "add_ip_address",
        "apply_plan",
        "bandwidth_test",
        "flush_dns_cache",
        "remove_ip_address",
        "renew_device_credentials",
        "resume_rollout",
        "retry_failed_devices",
        "set_interface_comment",
        "set_interface_enabled",
        "set_system_identity",
        "update_address_list",
        "update_dns_servers",
        "update_ntp_servers",
      ]
    `);
  });
});
