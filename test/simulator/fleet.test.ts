import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { boardKeyOf, BOARDS } from '../../simulator/boards.ts';
import { PortTakenError, startFleet } from '../../simulator/fleet.ts';
import { row, startLabRouter } from './support/lab-router.ts';

/** The fingerprint of the certificate a server shows. */
async function fingerprintAt(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate().fingerprint256);
    socket.destroy();
  });
  socket.once('error', reject);
  return await promise;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('every router has its own certificate, whose fingerprint is in the list', async () => {
  const fleet = await startFleet({ routers: 3 });
  onTestFinished(() => fleet.stop());
  const shown = await Promise.all(fleet.devices.map((device) => fingerprintAt(device.restPort)));
  expect(shown).toEqual(fleet.devices.map((device) => device.fingerprint));
  expect(new Set(shown).size).toBe(3);
  expect(shown[0]).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

test('requests over TLS share one handshake on a kept-alive connection', async () => {
  const router = await startLabRouter({ http: false });
  expect(row(await router.get('/system/identity'))).toEqual({ name: 'lab-01' });
  await router.get('/ip/dns');
  expect(router.device.router.journal.counters).toMatchObject({ connections: 1, tlsHandshakes: 1, requests: 2 });
});

test('a renewed certificate has another fingerprint and present connections are cut', async () => {
  const router = await startLabRouter({ http: false });
  await router.get('/ip/dns');
  const renewed = await router.control('POST', '/devices/lab-01/certificate');
  const { fingerprint, previousFingerprint } = renewed.body as Record<string, string>;
  expect(fingerprint).not.toBe(previousFingerprint);
  expect(await fingerprintAt(router.device.restPort)).toBe(fingerprint);
  expect(router.device.router.journal.counters.connections).toBe(2);
});

test('with a state folder certificates and password survive a restart, readable only by their owner', async () => {
  const stateDir = await temporaryFolder();
  const first = await startFleet({ routers: 2, stateDir });
  await first.stop();
  const second = await startFleet({ routers: 3, stateDir });
  onTestFinished(() => second.stop());
  const identity = ({ fingerprint, password }: (typeof first.devices)[number]) => ({ fingerprint, password });
  expect(second.devices.slice(0, 2).map(identity)).toEqual(first.devices.map(identity));
  for (const file of await readdir(stateDir)) expect((await stat(join(stateDir, file))).mode & 0o077, file).toBe(0);
});

test('without a password each fleet has a random one', async () => {
  const fleets = await Promise.all([startFleet({ routers: 1, http: true }), startFleet({ routers: 1, http: true })]);
  onTestFinished(async () => void (await Promise.all(fleets.map((fleet) => fleet.stop()))));
  const [one, two] = fleets.map((fleet) => fleet.devices[0]?.password);
  expect(one?.length).toBeGreaterThanOrEqual(24);
  expect(one).not.toBe(two);
});

test('routers have addresses, serial numbers and MAC addresses of their own', async () => {
  const fleet = await startFleet({ routers: 12, http: true });
  onTestFinished(() => fleet.stop());
  for (const [path, key] of [
    ['/ip/address', 'address'],
    ['/interface', 'mac-address'],
    ['/system/routerboard', 'serial-number'],
  ] as const) {
    expect(new Set(fleet.routers.map((each) => each.router.rows(path)[0]?.[key])).size, path).toBe(12);
  }
});

test('a port that is taken is refused with its number and its flag, and nothing stays open', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await expect.poll(() => blocker.listening).toBe(true);
  onTestFinished(() => void blocker.close());
  const { port } = blocker.address() as AddressInfo;
  const starting = startFleet({ routers: 2, http: true, firstRestPort: port - 1 });
  await expect(starting).rejects.toThrow(PortTakenError);
  await expect(starting).rejects.toThrow(`Port ${port} is taken: choose another one with --first-rest-port.`);
  const again = await startFleet({ routers: 1, http: true, firstRestPort: port - 1 });
  onTestFinished(() => again.stop());
  await expect(startFleet({ routers: 1, http: true, controlPort: port })).rejects.toThrow('--control-port');
});

test('boards are named with hyphens or underscores', () => {
  expect(['hap-ax2', 'hap_ac2', 'rb5009', 'chr', 'toaster'].map(boardKeyOf)).toEqual([
    'hap_ax2',
    'hap_ac2',
    'rb5009',
    'chr',
    undefined,
  ]);
});

test('older radios need no package before 7.13', () => {
  expect(BOARDS.hap_ac2.packages('7.12.2')).toEqual(['routeros']);
  expect(BOARDS.hap_ac2.packages('7.16.2')).toEqual(['routeros', 'wireless']);
});
