import { expect, onTestFinished, test } from 'vitest';
import { createDeviceSession } from '../../activities/routeros/device-session.ts';
import { findOperation } from '../../shared/operations/index.ts';
import { PATIENT_LIMITS, startDevice } from '../activities/routeros/simulated-device.ts';
import { read } from './read.ts';

const SOURCE = ':log info "the secret is hunter2"';

test('a router managed over TLS shows its certificate, and what runs by itself without its text', async () => {
  const device = await startDevice({ board: 'rb5009', version: '7.22.3' });
  const session = createDeviceSession({ ...device.target, limits: PATIENT_LIMITS });
  onTestFinished(async () => {
    await session.close();
    await device.stop();
  });
  const ask = (name: string) => read(name, session.router({ paths: findOperation(name)?.paths ?? [], effect: 'read' }));
  const writer = session.router({ paths: ['/system/script', '/system/scheduler'], effect: 'write' });
  await writer.add('/system/script', { name: 'nightly', source: SOURCE }, { key: { name: 'nightly' } });
  const schedule = { name: 'at-night', interval: '1d', 'on-event': 'nightly' };
  await writer.add('/system/scheduler', schedule, { key: { name: 'at-night' } });

  const pinned = device.target.tls.mode === 'pinned' ? device.target.tls.fingerprint256 : null;
  const { certificates } = await ask('list_certificates');
  expect(certificates).toMatchObject([
    { name: 'webfig', hasPrivateKey: true, expired: false, revoked: false, fingerprint: plain(pinned) },
  ]);
  expect(await ask('list_services')).toMatchObject({
    services: expect.arrayContaining([
      expect.objectContaining({ name: 'www-ssl', enabled: true, certificate: 'webfig', openConnections: 1 }),
    ]) as unknown,
  });
  const schedules = await ask('list_schedules');
  expect(schedules).toMatchObject({
    entries: [
      { kind: 'scheduler', name: 'at-night', script: 'nightly', intervalSeconds: 86_400, sourceCharacters: 7 },
      { kind: 'script', name: 'nightly', sourceCharacters: SOURCE.length },
    ],
  });
  expect(JSON.stringify(schedules)).not.toContain('hunter2');
});

/** As RouterOS prints it: without colons, in lower case. */
function plain(fingerprint: string | null): string | undefined {
  return fingerprint?.replaceAll(':', '').toLowerCase();
}
