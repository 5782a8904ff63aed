import { expect, onTestFinished, test } from 'vitest';
import { createDeviceSession } from '../../../activities/routeros/device-session.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { probeRouter } from '../../../activities/routeros/probe-router.ts';
import type { RouterAccess } from '../../../activities/routeros/rest-router.ts';
import { PATIENT_LIMITS, shownPem, startDevice } from './simulated-device.ts';

const READ: RouterAccess = { paths: ['/ip/dns'], effect: 'read' };

test('refuses another certificate than the pinned one before it sends anything', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const fingerprint256 = Array.from({ length: 32 }, () => 'AB').join(':');
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    tls: { mode: 'pinned', fingerprint256 },
    ...READ,
  });
  onTestFinished(() => opened.close());
  const shown = device.target.tls.mode === 'pinned' ? device.target.tls.fingerprint256 : '';
  await expect(router.get('/ip/dns')).rejects.toMatchObject({
    code: 'DEVICE_TLS_MISMATCH',
    details: { shownFingerprint256: shown },
  });
  expect((await device.journal()).counters).toMatchObject({ requests: 0, connections: 1 });
});

test('notices a certificate renewed behind a kept connection, for reads and writes', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const session = createDeviceSession({ ...device.target, limits: PATIENT_LIMITS });
  onTestFinished(() => session.close());
  await session.router(READ).get('/ip/dns');
  const renewed = await device.renewCertificate();
  await expect(session.router(READ).get('/ip/dns')).rejects.toMatchObject({
    code: 'DEVICE_TLS_MISMATCH',
    details: { shownFingerprint256: renewed },
  });
  const writer = session.router({ paths: ['/ip/dns'], effect: 'write' });
  await expect(writer.set('/ip/dns', { servers: '9.9.9.9' })).rejects.toMatchObject({ code: 'DEVICE_TLS_MISMATCH' });
  const fresh = session.fresh(READ);
  onTestFinished(() => fresh.close());
  await expect(fresh.router.get('/ip/dns')).rejects.toMatchObject({ code: 'DEVICE_TLS_MISMATCH' });
  expect((await device.journal()).counters).toMatchObject({ requests: 1, writes: 0 });
});

test('checks the pin on every connection it makes', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const session = createDeviceSession({ ...device.target, limits: PATIENT_LIMITS });
  onTestFinished(() => session.close());
  for (let call = 0; call < 3; call++) {
    const fresh = session.fresh(READ);
    await fresh.router.get('/ip/dns');
    await fresh.close();
  }
  await device.renewCertificate();
  const fresh = session.fresh(READ);
  onTestFinished(() => fresh.close());
  await expect(fresh.router.get('/ip/dns')).rejects.toMatchObject({ code: 'DEVICE_TLS_MISMATCH' });
  expect((await device.journal()).counters).toMatchObject({ connections: 4, requests: 3 });
});

test('a fresh router has a connection of its own, closed after use', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const session = createDeviceSession({ ...device.target, limits: PATIENT_LIMITS });
  onTestFinished(() => session.close());
  await session.router(READ).get('/ip/dns');
  const fresh = session.fresh(READ);
  await fresh.router.get('/ip/dns');
  await fresh.close();
  await session.router(READ).get('/ip/dns');
  expect((await device.journal()).counters).toMatchObject({ connections: 2, requests: 3 });
});

test('trusts a certificate of the given authority, and no other', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const other = await startDevice();
  onTestFinished(other.stop);
  const caPem = await shownPem(device.target.host, device.target.restPort);
  const trusted = openRouter({ ...device.target, limits: PATIENT_LIMITS, tls: { mode: 'ca', caPem }, ...READ });
  onTestFinished(() => trusted.close());
  expect((await trusted.router.get('/ip/dns'))['servers']).toBe('8.8.8.8,8.8.4.4');
  const distrusted = openRouter({ ...other.target, tls: { mode: 'ca', caPem }, ...READ });
  onTestFinished(() => distrusted.close());
  await expect(distrusted.router.get('/ip/dns')).rejects.toMatchObject({ code: 'DEVICE_TLS_MISMATCH' });
  expect((await other.journal()).counters.requests).toBe(0);
});

test('a probe takes the certificate that is shown and says what the router is', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const found = await probeRouter({ ...device.target, limits: PATIENT_LIMITS, tls: null });
  expect(found).toEqual({
    identity: 'lab-01',
    model: 'RB5009UPr+S+IN',
    version: '7.20.8 (stable)',
    serialNumber: expect.stringMatching(/^HEX/),
    fingerprint256: device.target.tls.mode === 'pinned' ? device.target.tls.fingerprint256 : null,
    sshHostKey: null,
  });
});

test('a probe of a virtual router has no serial number', async () => {
  const device = await startDevice({ board: 'chr' });
  onTestFinished(device.stop);
  expect(await probeRouter({ ...device.target, limits: PATIENT_LIMITS, tls: null })).toMatchObject({
    model: 'CHR',
    serialNumber: null,
  });
});

test('a probe over plain HTTP has no fingerprint, and one that expects TLS there explains itself', async () => {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  expect(await probeRouter({ ...device.target, limits: PATIENT_LIMITS, tls: { mode: 'plaintext' } })).toMatchObject({
    fingerprint256: null,
  });
  await expect(probeRouter({ ...device.target, limits: PATIENT_LIMITS, tls: null })).rejects.toMatchObject({
    code: 'DEVICE_UNREACHABLE',
    hint: expect.stringContaining('HTTPS'),
  });
});

test('a probe with a wrong password or of a closed port fails with its code', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const { target } = device;
  await expect(probeRouter({ ...target, tls: null, password: 'wrong' })).rejects.toMatchObject({
    code: 'DEVICE_AUTH_FAILED',
  });
  await device.faults([{ kind: 'refuse' }]);
  await expect(probeRouter({ ...target, tls: null })).rejects.toMatchObject({ code: 'DEVICE_UNREACHABLE' });
});
