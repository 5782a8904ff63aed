import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { callApi as call } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { SHOWN_HOST_KEY } from '../support/fleet-double.ts';
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

describe('where a device is reached over SSH', () => {
  const REGISTRATION = {
    name: 'edge-01',
    host: '192.0.2.7',
    environment: 'staging',
    username: 'convoy',
    password: 'hunter2-very-secret',
  };
  const OTHER_KEY = `SHA256:${'B'.repeat(43)}`;

  it('pins the host key that is shown at registration, and says which', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    const { status, body } = await call(front, token, 'POST', '/devices', { ...REGISTRATION, sshPort: 2222 });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      device: { sshPort: 2222, sshHostKey: SHOWN_HOST_KEY },
      found: { sshHostKey: SHOWN_HOST_KEY },
    });
    expect(front.fleet.probes).toMatchObject([{ ssh: { port: 2222, hostKey: null } }]);
    expect((await call(front, token, 'GET', '/devices/edge-01')).body).toMatchObject({ sshHostKey: SHOWN_HOST_KEY });
  });

  it('requires the host key that is given, and keeps a private key sealed', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    const sshPrivateKey = '-----BEGIN OPENSSH PRIVATE KEY-----hunter2-very-secret';
    const given = { ...REGISTRATION, sshPort: 22, sshHostKey: OTHER_KEY, sshPrivateKey };
    const { body } = await call(front, token, 'POST', '/devices', given);
    expect(body).toMatchObject({ device: { sshPort: 22, sshHostKey: OTHER_KEY } });
    expect(front.fleet.probes).toMatchObject([{ ssh: { port: 22, hostKey: OTHER_KEY } }]);
    const seen = [body, front.log, front.fleet.probes, await front.database.audit.list({ limit: 20 })];
    expect(JSON.stringify(seen)).not.toContain('hunter2');
  });

  it('is not reached over SSH unless that is asked for', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    const { body } = await call(front, token, 'POST', '/devices', REGISTRATION);
    expect(body).toMatchObject({ device: { sshPort: null, sshHostKey: null }, found: { sshHostKey: null } });
    expect(front.fleet.probes).toMatchObject([{ ssh: null }]);
  });

  it('takes no host key or private key without a port, and no host key of another form', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    for (const more of [{ sshHostKey: OTHER_KEY }, { sshPrivateKey: 'x' }, { sshPort: 22, sshHostKey: 'AB:CD' }]) {
      const { status, body } = await call(front, token, 'POST', '/devices', { ...REGISTRATION, ...more });
      expect([status, body['code']]).toEqual([422, 'VALIDATION_ERROR']);
    }
    expect(front.fleet.probes).toEqual([]);
  });

  it('is changed afterwards only when the router answers there; nothing else is changed when it does not', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('admin', { ...ADMIN_SCOPE, aud: front.apiUrl });
    const { deviceId } = await addDevice(front.database, 'edge-01', { tags: ['edge'] });
    const patch = (body: object) => call(front, token, 'PATCH', `/devices/${deviceId}`, body);
    expect((await patch({ sshPort: 2222 })).body).toMatchObject({ sshPort: 2222, sshHostKey: SHOWN_HOST_KEY });
    expect(front.fleet.probes).toMatchObject([
      { deviceId, sealedCredential: 'sealed-for-a-test', ssh: { port: 2222 } },
    ]);

    front.fleet.answers.probe = () => Promise.reject(new AppError('DEVICE_HOST_KEY_CHANGED'));
    const refused = await patch({ sshPort: 22, sshHostKey: OTHER_KEY, tags: ['core'] });
    expect([refused.status, refused.body['code']]).toEqual([502, 'DEVICE_HOST_KEY_CHANGED']);
    expect(await front.database.devices.get(deviceId)).toMatchObject({ sshPort: 2222, tags: ['edge'] });

    const alone = await patch({ sshHostKey: OTHER_KEY, tags: ['core'] });
    expect([alone.status, alone.body['code']]).toEqual([422, 'VALIDATION_ERROR']);
    expect((await patch({ sshPort: null })).body).toMatchObject({ sshPort: null, sshHostKey: null, tags: ['edge'] });
  });
});
