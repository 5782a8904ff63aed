import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runCli, type CliRun } from './support/run-cli.ts';
import { startServices, type TestServices } from './support/start-services.ts';

const NEW_PASSWORD = 'canary-new-password';

let platform: TestPlatform;
let services: TestServices;

beforeAll(async () => {
  platform = await startPlatform({ routers: 1 });
  services = await startServices(platform);
}, 120_000);

afterAll(async () => {
  await services?.close();
  await platform?.stop();
});

function convoy(args: string, stdin = ''): Promise<CliRun> {
  return runCli([...args.split(' ').filter((arg) => arg !== ''), '--user', 'admin'], { env: services.env, stdin });
}

function router() {
  return platform.simulator.routers[0]!.router;
}

test('a registered router is tested, and the record holds what it says now', async () => {
  const { deviceId } = platform.devices[0]!;
  await platform.database.devices.recordFacts(deviceId, { version: '7.1' });
  const tested = await convoy('device test lab-01');
  expect(tested).toMatchObject({ code: 0, stderr: '' });
  expect(tested.stdout).toContain(`lab-01 answers\n  identity     lab-01`);
  const asJson = await convoy('device test lab-01 --json');
  const version = expect.stringContaining(platform.simulator.devices[0]!.version) as string;
  expect(JSON.parse(asJson.stdout)).toMatchObject({ device: { deviceId, version }, found: { version } });
});

test('credentials are rotated to ones that work, and open lanes go over to them', { timeout: 60_000 }, async () => {
  const { deviceId } = platform.devices[0]!;
  const { database, fleet } = platform;
  const read = () => fleet.read({ deviceId, operation: 'get_system_clock', input: {} });
  await read();
  const before = await database.credentials.get(deviceId);
  const rotate = (password: string) =>
    convoy('device rotate-credentials lab-01 --username rotated --password-stdin --json', `${password}\n`);
  const wrong = await rotate('not this one');
  expect(wrong.code).toBe(1);
  expect(JSON.parse(wrong.stdout || wrong.stderr)).toMatchObject({ code: 'DEVICE_AUTH_FAILED' });
  expect(await database.credentials.get(deviceId)).toBe(before);

  const full = router()
    .items('/user/group')
    .find(({ values }) => values['name'] === 'full');
  router().insert('/user', { name: 'rotated', group: full?.id ?? '', password: NEW_PASSWORD });
  const right = await rotate(NEW_PASSWORD);
  expect(right).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(right.stdout)).toMatchObject({ device: { deviceId, status: 'healthy' } });
  expect(await database.credentials.get(deviceId)).not.toBe(before);

  // Whoever still had the old login would be refused from here on.
  for (const user of router().items('/user')) {
    if (user.values['name'] !== 'rotated') user.values['disabled'] = 'true';
  }
  await waitUntil('the lane to log in anew', async () => {
    const answer = await read().catch(() => null);
    return answer !== null;
  });
  const seen = [wrong, right, platform.workers[0]?.log, await database.audit.list({ limit: 50 })];
  expect(JSON.stringify(seen)).not.toContain(NEW_PASSWORD);
});

test('Convoy makes a new login itself, for one router or for those that are selected', async () => {
  const renew = (args: string) => convoy(`device rotate-credentials ${args} --generate --old-user keep`);
  const one = await renew('lab-01 --json');
  expect(JSON.parse(one.stdout)).toMatchObject({
    deviceName: 'lab-01',
    username: expect.stringMatching(/^convoy-/) as string,
    oldUser: { username: 'rotated', became: 'kept' },
    note: null,
  });
  const all = await renew('--environment lab');
  expect(all).toMatchObject({ code: 0, stdout: expect.stringContaining('1 renewed, 0 failed, 0 not begun') as string });
  for (const args of ['', 'lab-01 --environment lab', 'lab-01 --username x']) {
    expect(await renew(args), args).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('VALIDATION_ERROR') as string,
    });
  }
});

test('a router that is being changed is not decommissioned', { timeout: 60_000 }, async () => {
  const { deviceId, name: deviceName } = platform.devices[0]!;
  const { fleet, database, simulator } = platform;
  const setFaults = (faults: unknown[]) =>
    fetch(`${simulator.controlUrl}/devices/lab-01/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(faults),
    });
  // Until it is made fast again, the change reads and writes for longer than anything here takes.
  await setFaults([{ kind: 'latency', match: { path: '/ip/dns' }, latencyMs: 8_000 }]);
  expect(await fleet.isChanging(deviceId)).toBe(false);
  const input = { dnsServers: ['192.0.2.53'] };
  const cause = {
    by: 'operation',
    operation: 'update_dns_servers',
    input,
    requestedBy: 'olga',
    correlationId: 'c',
  } as const;
  const change = fleet.change({ deviceId, deviceName, cause });
  await waitUntil('the change to run', () => fleet.isChanging(deviceId));
  const refused = await convoy('device decommission lab-01');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('DEVICE_IN_USE') as string });
  expect(await database.devices.get(deviceId)).toMatchObject({ status: 'healthy' });
  await setFaults([]);
  expect(await change).toMatchObject({ outcome: 'applied' });
  expect(await fleet.isChanging(deviceId)).toBe(false);
});

test('a decommissioned router is out of use, and its name is free', async () => {
  const { deviceId } = platform.devices[0]!;
  const done = await convoy('device decommission lab-01 --comment replaced --json');
  expect(JSON.parse(done.stdout)).toMatchObject({ deviceId, status: 'decommissioned' });
  expect(await platform.database.credentials.get(deviceId)).toBeNull();
  const tested = await convoy('device test lab-01');
  expect(tested).toMatchObject({ code: 1, stderr: expect.stringContaining('DEVICE_DECOMMISSIONED') as string });
  const [{ host, restPort }] = [platform.devices[0]!];
  const add = `device add lab-01 --host ${host} --port ${restPort} --environment lab --username rotated --password-stdin`;
  const added = await convoy(add, `${NEW_PASSWORD}\n`);
  expect(added.stdout).toContain('Registered lab-01');
});
