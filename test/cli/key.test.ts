import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { keyCommand } from '../../cli/commands/key/command.ts';
import { keyIdOf, open, seal } from '../../shared/platform/encryption/envelope.ts';
import { loadKeyring, parseKeyring } from '../../shared/platform/encryption/keyring.ts';
import { resealAll } from '../../shared/platform/encryption/reseal.ts';
import { openDatabase, type Database } from '../../shared/platform/persistence/database.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { openFleet } from '../../shared/platform/temporal/open-fleet.ts';
import { sampleDevice } from '../shared/platform/persistence/sample-device.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testStack } from '../support/test-stack.ts';
import { runCli, type CliRun } from './support/run-cli.ts';

/** More than one batch. */
const DEVICES = 220;
const OLD = `old:${randomBytes(32).toString('base64')}`;
const NEW = `new:${randomBytes(32).toString('base64')}`;

let url: string;
let database: Database;
let deviceIds: string[];
let migrated: TestDatabase;

beforeAll(async () => {
  migrated = await migratedDatabase();
  ({ url } = migrated);
  database = await openDatabase({ url });
  const devices = Array.from({ length: DEVICES }, (_, index) => sampleDevice({ name: `lab-${index}` }));
  deviceIds = devices.map(({ deviceId }) => deviceId);
  for (const device of devices)
    await database.devices.insert(device, seal(parseKeyring(OLD), device.name, device.deviceId));
}, 120_000);

afterAll(async () => {
  await database.close();
  await migrated.drop();
});

function convoy(masterKey: string, ...args: string[]): Promise<CliRun> {
  return runCli(['key', ...args], { env: { CONVOY_POSTGRES_URL: url, CONVOY_MASTER_KEY: masterKey } });
}

/** How many logins each key seals; fails when one does not open. */
async function sealedUnder(ring: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const deviceId of deviceIds) {
    const sealed = (await database.credentials.get(deviceId)) ?? '';
    open(parseKeyring(ring), sealed, deviceId);
    counts[keyIdOf(sealed)] = (counts[keyIdOf(sealed)] ?? 0) + 1;
  }
  return counts;
}

describe('convoy key rotate', () => {
  test('tells what it would do and does it not', async () => {
    const dry = await convoy(`${NEW},${OLD}`, 'rotate', '--dry-run', '--json');
    expect(dry.code).toBe(0);
    expect(JSON.parse(dry.stdout)).toMatchObject({
      keyId: 'new',
      dryRun: true,
      places: [{ place: 'credentials', resealed: DEVICES, failed: [] }, {}, {}, {}],
    });
    expect(await sealedUnder(OLD)).toEqual({ old: DEVICES });
  });

  test('killed in the middle it leaves every login openable, and a second run finishes', async () => {
    const program = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
    const child = spawn(process.execPath, [program, 'key', 'rotate'], {
      env: { PATH: process.env['PATH'] ?? '', CONVOY_POSTGRES_URL: url, CONVOY_MASTER_KEY: `${NEW},${OLD}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // Said after the first batch of a hundred.
    await once(child.stderr, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const counts = await sealedUnder(`${NEW},${OLD}`);
    expect(counts['new']).toBeGreaterThanOrEqual(100);
    expect(counts['old']).toBeGreaterThan(0);

    const status = await convoy(`${NEW},${OLD}`, 'status');
    expect(status.stdout).toMatch(/^old +opens +\d+$/m);
    expect(status.stdout).toContain('run "convoy key rotate" before it goes');

    const again = await convoy(`${NEW},${OLD}`, 'rotate');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('new seals everything') as string });
    expect(await sealedUnder(NEW)).toEqual({ new: DEVICES });
    const after = await convoy(`${NEW},${OLD}`, 'status', '--json');
    expect(JSON.parse(after.stdout)).toEqual({
      keys: [
        { keyId: 'new', role: 'seals', secrets: DEVICES, isFree: false },
        { keyId: 'old', role: 'opens', secrets: 0, isFree: true },
      ],
      rotatedAt: expect.any(String) as string,
    });
    expect(
      (await database.audit.list({ action: 'master_key_rotated', limit: 9 })).map(({ outcome }) => outcome),
    ).toEqual(['ok', 'requested', 'requested']);
  });

  test('a key that is gone too early is named, with code 1', async () => {
    const status = await convoy(OLD, 'status');
    expect(status.code).toBe(1);
    expect(status.stdout).toContain('new is missing: put it back');
    const rotated = await convoy(OLD, 'rotate', '--json');
    expect(rotated.code).toBe(1);
    expect(JSON.parse(rotated.stdout)).toMatchObject({ places: [{ resealed: 0 }, {}, {}, {}] });
    expect(await sealedUnder(NEW)).toEqual({ new: DEVICES });
  });
});

describe('convoy key generate and promote', () => {
  test('a key goes into a file that only its owner reads, and shows nowhere else', async () => {
    const file = path.join(await temporaryFolder(), 'master-key');
    const said = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    onTestFinished(() => said.forEach((spy) => spy.mockRestore()));
    for (const spy of said) spy.mockReturnValue(true);
    await key('generate', '--file', file, '--id', 'k2026');
    await key('generate', '--file', file, '--id', 'k2027', '--json');
    expect((await loadKeyring({ masterKeyFile: file })).ids).toEqual(['k2026', 'k2027']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    const output = said.flatMap((spy) => spy.mock.calls.map(([chunk]) => String(chunk))).join('');
    expect(output).toContain('k2027');
    for (const entry of text.trim().split(',')) expect(output).not.toContain(entry.split(':')[1]);

    await key('promote', 'k2027', '--file', file);
    expect((await loadKeyring({ masterKeyFile: file })).ids).toEqual(['k2027', 'k2026']);
    await expect(key('promote', 'k1', '--file', file)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(key('generate', '--file', file, '--id', 'k2027')).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('names the key id "k2027" twice') as string,
    });
    expect((await loadKeyring({ masterKeyFile: file })).ids).toEqual(['k2027', 'k2026']);
    await expect(key('generate')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  test('a key without an id keeps the one it always had, and a pipe can take a new one', async () => {
    const file = path.join(await temporaryFolder(), 'master-key');
    const bare = randomBytes(32).toString('base64');
    await writeFile(file, `${bare}\n`, { mode: 0o600 });
    const [id] = parseKeyring(bare).ids;
    await key('generate', '--file', file, '--id', 'next');
    await key('promote', 'next', '--file', file);
    expect((await loadKeyring({ masterKeyFile: file })).ids).toEqual(['next', id]);

    const printed = await runCli(['key', 'generate', '--print']);
    expect(parseKeyring(printed.stdout.trim()).ids[0]).toMatch(/^k[0-9a-f]{8}$/);
  });
});

/** The command in this very process, which is faster. */
async function key(...args: string[]): Promise<void> {
  await keyCommand().parseAsync(args, { from: 'user' });
}

test('routers are read at every step of a change of keys, also by a web process that is a step behind', async () => {
  const platform = await startPlatform({ routers: 1, workers: 0, laneIdleSeconds: 1 });
  onTestFinished(() => platform.stop());
  const [{ deviceId } = { deviceId: '' }] = platform.devices;
  const file = path.join(await temporaryFolder(), 'master-key');
  await copyFile(testStack().masterKeyFile, file);
  const read = (web: FleetClient): Promise<unknown> => web.read({ deviceId, operation: 'get_system_clock', input: {} });
  let web = platform.fleet;
  const restartAll = async (): Promise<void> => {
    const former = platform.workers.at(-1);
    await platform.startWorker({ CONVOY_MASTER_KEY_FILE: file });
    await former?.kill('SIGTERM');
    await read(web);
    web = await webProcess(platform, file);
    await read(web);
  };
  await restartAll();
  await key('generate', '--file', file, '--id', 'next');
  await restartAll();
  await key('promote', 'next', '--file', file);
  await restartAll();
  const { database } = platform;
  const resealed = resealAll({ secrets: database.secrets, keyring: await loadKeyring({ masterKeyFile: file }) });
  const [places] = await Promise.all([resealed, read(web), read(web)]);
  expect(places).toMatchObject([{ place: 'credentials', resealed: 1, failed: [] }, {}, {}, {}]);
  expect(keyIdOf((await database.credentials.get(deviceId)) ?? '')).toBe('next');
  await read(web);
  await restartAll();
}, 120_000);

/** A web process's view of Temporal, with the keys of the file as they are now. */
async function webProcess({ namespace }: TestPlatform, masterKeyFile: string): Promise<FleetClient> {
  const { temporal, signingKeyFile } = testStack();
  const fleet = await openFleet({
    address: temporal.address,
    namespace,
    temporalHttpUrl: temporal.httpUrl,
    signingKeyFile,
    keyring: await loadKeyring({ masterKeyFile }),
    idleSeconds: 1,
    heartbeatSeconds: 3,
    onError: (error) => console.error(error),
  });
  onTestFinished(() => fleet.close());
  return fleet;
}
