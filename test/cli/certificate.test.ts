import { expect, onTestFinished, test } from 'vitest';
import { findFreePorts } from '../../cli/stack/ports.ts';
import { lookAtCertificate } from '../../cli/commands/device/certificate.ts';
import { startFleet } from '../../simulator/fleet.ts';

test('a router shows this machine the certificate that will be pinned', async () => {
  const simulator = await startFleet({ routers: 1 });
  onTestFinished(() => simulator.stop());
  const [router] = simulator.devices;
  expect(await lookAtCertificate('127.0.0.1', router?.restPort ?? 0)).toBe(router?.fingerprint);
});

test('a router that cannot be reached from here shows none', async () => {
  const [port = 0] = await findFreePorts(1);
  expect(await lookAtCertificate('127.0.0.1', port)).toBeNull();
});

test('a router without TLS shows none', async () => {
  const simulator = await startFleet({ routers: 1, http: true });
  onTestFinished(() => simulator.stop());
  expect(await lookAtCertificate('127.0.0.1', simulator.devices[0]?.restPort ?? 0)).toBeNull();
});
