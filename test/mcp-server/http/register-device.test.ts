import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { callApi as call } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

const ADMIN_SCOPE = { scope: 'fleet:read fleet:admin' };

describe('registering a device', () => {
  const REGISTRATION = {
    name: 'edge-01',
    host: '192.0.2.7',
    restPort: 8443,
    environment: 'staging',
    tags: ['edge'],
    flags: { allowAdvancedWrites: true },
    username: 'convoy',
    password: 'hunter2-very-secret',
  };

  it('connects first, then saves and says what it found', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    const { status, body } = await call(front, token, 'POST', '/devices', REGISTRATION);
    expect(status).toBe(201);
    const fingerprint256 = Array.from({ length: 32 }, () => 'AB').join(':');
    expect(body).toMatchObject({
      device: {
        name: 'edge-01',
        environment: 'staging',
        flags: { allowAdvancedWrites: true, allowProfessionalWorkflows: false },
        status: 'healthy',
        tls: { mode: 'pinned', fingerprint256 },
        identity: 'R1',
        model: 'RB5009',
        version: '7.20.8',
      },
      found: { identity: 'R1', fingerprint256 },
    });
    const { deviceId } = body['device'] as { deviceId: string };
    expect(front.fleet.probes).toMatchObject([{ deviceId, host: '192.0.2.7', restPort: 8443, tls: null }]);
    expect(await front.database.devices.find('edge-01')).toMatchObject({ deviceId });
    expect(await front.database.credentials.get(deviceId)).toBe(front.fleet.probes[0]?.sealedCredential);
  });

  it('lets the password out nowhere', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    const good = await call(front, token, 'POST', '/devices', REGISTRATION);
    const bad = await call(front, token, 'POST', '/devices', { ...REGISTRATION, password: ['hunter2-very-secret'] });
    expect(bad.status).toBe(422);
    const seen = [good.body, bad.body, front.log, front.fleet.probes, await front.database.audit.list({ limit: 20 })];
    expect(JSON.stringify(seen)).not.toContain('hunter2');
    expect(bad.body).toMatchObject({ details: { problems: [{ path: 'password', given: '(hidden)' }] } });
  });

  it('saves nothing when the router cannot be reached', async () => {
    const front = await startFrontEnd();
    front.fleet.answers.probe = () => Promise.reject(new AppError('DEVICE_UNREACHABLE'));
    const token = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    const { status, body } = await call(front, token, 'POST', '/devices', REGISTRATION);
    expect([status, body['code'], body['retryable']]).toEqual([503, 'DEVICE_UNREACHABLE', true]);
    expect(await front.database.devices.find('edge-01')).toBeNull();
  });

  it('refuses a name in use before it connects anywhere', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'edge-01');
    const token = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    const { status, body } = await call(front, token, 'POST', '/devices', REGISTRATION);
    expect([status, body['code']]).toEqual([409, 'DEVICE_EXISTS']);
    expect(front.fleet.probes).toEqual([]);
  });

  it("takes an administrator with an administrator's token", async () => {
    const front = await startFrontEnd();
    const operator = await front.tokenOf('operator', { ...ADMIN_SCOPE, aud: front.apiUrl });
    expect((await call(front, operator, 'POST', '/devices', REGISTRATION)).body['code']).toBe('FORBIDDEN');
    const narrow = await front.tokenOf('admin');
    const refused = await call(front, narrow, 'POST', '/devices', REGISTRATION);
    expect([refused.status, refused.body['code']]).toEqual([403, 'INSUFFICIENT_SCOPE']);
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(refused.headers.get('www-authenticate')).toContain('fleet:admin');
    expect(await front.database.audit.list({ limit: 5 })).toMatchObject([
      { action: 'register_device', outcome: 'refused', code: 'INSUFFICIENT_SCOPE' },
      { action: 'register_device', outcome: 'refused', code: 'FORBIDDEN' },
    ]);
  });
});
