import { expect, it, onTestFinished } from 'vitest';
import { shownHostKey } from '../../activities/routeros/ssh-host-key.ts';
import { createSshLink } from '../../activities/routeros/ssh-link.ts';
import type { FleetDevice } from '../../simulator/fleet.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { testStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { callTool } from './support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from './support/start-front-end.ts';

/** The front end before real workers and simulated routers. */
async function start(): Promise<{ front: TestFrontEnd; platform: TestPlatform }> {
  const platform = await startPlatform({ routers: 2 });
  onTestFinished(() => platform.stop());
  const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
  const { database, fleet } = platform;
  return { platform, front: await startFrontEnd({ backEnd: { database, fleet, keyring } }) };
}

async function journalOf({ simulator }: TestPlatform, name: string): Promise<unknown[]> {
  const response = await fetch(`${simulator.controlUrl}/devices/${name}/journal`);
  return ((await response.json()) as { entries: unknown[] }).entries;
}

it('reads, writes once, and proposes a plan that writes nothing', async () => {
  const { front, platform } = await start();
  const token = await front.tokenOf('operator');
  const [device] = platform.devices;
  const name = device?.name ?? '';

  const before = await callTool(front, token, 'get_dns_status', { deviceId: name });
  expect(before.structuredContent).toMatchObject({ deviceName: name, source: 'live' });
  const args = { deviceId: name, dnsServers: ['9.9.9.9', '149.112.112.112'] };
  const dryRun = await callTool(front, token, 'update_dns_servers', { ...args, dryRun: true });
  expect(dryRun.structuredContent).toMatchObject({ outcome: 'would_change' });
  expect(await journalOf(platform, name)).toEqual([]);
  const written = await callTool(front, token, 'update_dns_servers', args);
  expect(written.structuredContent).toMatchObject({ outcome: 'applied', changes: [{ path: '/ip/dns' }] });
  const after = await callTool(front, token, 'get_dns_status', { deviceId: name });
  expect(after.structuredContent).toMatchObject({ servers: args.dnsServers });
  const again = await callTool(front, token, 'update_dns_servers', args);
  expect(again.structuredContent).toMatchObject({ outcome: 'unchanged' });
  expect(await journalOf(platform, name)).toHaveLength(1);

  const plan = await callTool(front, token, 'plan_dns_ntp', {
    deviceIds: platform.devices.map((one) => one.deviceId),
    dnsServers: args.dnsServers,
  });
  expect(plan.structuredContent).toMatchObject({
    status: 'awaiting_approval',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    devices: [{ status: 'skipped' }, { status: 'pending', changes: [{ key: 'servers' }] }],
  });
  const planId = plan.structuredContent?.['planId'];
  const cancelled = await callTool(front, token, 'cancel_plan', { planId, comment: 'changed my mind' });
  expect(cancelled.isError).toBeUndefined();
  await waitUntil('the plan to be cancelled', async () => {
    const { structuredContent } = await callTool(front, token, 'get_plan', { planId });
    return structuredContent?.['status'] === 'cancelled';
  });
  const empty = await callTool(front, token, 'plan_dns_ntp', { deviceIds: [name], dnsServers: args.dnsServers });
  expect(empty.structuredContent).toMatchObject({ code: 'PLAN_EMPTY' });
  expect(await journalOf(platform, String(platform.devices[1]?.name))).toEqual([]);
});

it('asks a whole fleet at once, holds nobody up for a slow router, and keeps what they say of their health', async () => {
  const { front, platform } = await start();
  const token = await front.tokenOf('viewer');
  const [fast, slow] = platform.devices;
  const all = await callTool(front, token, 'read_fleet', { operation: 'get_device_health' });
  expect(all.structuredContent).toMatchObject({
    devices: [
      { name: fast?.name, status: 'ok', output: { cpuLoadPercent: expect.any(Number) as number } },
      { name: slow?.name, status: 'ok' },
    ],
    summary: { asked: 2, answered: 2, failed: 0, byCode: {} },
  });
  await waitUntil('the samples to be kept', async () => {
    const kept = await Promise.all(platform.devices.map(({ deviceId }) => platform.database.health.latest(deviceId)));
    return kept.every((sample) => sample !== null);
  });

  await fetch(`${platform.simulator.controlUrl}/devices/${slow?.name}/latency`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ latencyMs: 60_000 }),
  });
  const partial = await callTool(front, token, 'read_fleet', { operation: 'get_dns_status', timeoutSeconds: 2 });
  expect(partial.structuredContent).toMatchObject({
    devices: [{ status: 'ok' }, { status: 'failed', error: { code: 'TIMEOUT', retryable: true } }],
  });
});

/** Registers the first simulated router once more, with its SSH service. */
async function registerWithSsh(front: TestFrontEnd, { simulator }: TestPlatform): Promise<FleetDevice> {
  const [router] = simulator.devices;
  if (router === undefined) throw new Error('no router');
  const admin = await front.tokenOf('admin', { scope: 'fleet:read fleet:admin', aud: front.apiUrl });
  const { host, restPort, sshPort, user: username, password } = router;
  const registered = await fetch(`${front.apiUrl}/devices`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'new-01', host, restPort, sshPort, environment: 'lab', username, password }),
  });
  expect(registered.status).toBe(201);
  return router;
}

it('over SSH exports what REST does not, and tells why REST does not answer', { timeout: 90_000 }, async () => {
  const { front, platform } = await start();
  const router = await registerWithSsh(front, platform);

  const token = await front.tokenOf('viewer');
  const overRest = await callTool(front, token, 'get_config_export', { deviceId: 'new-01', menu: '/ip/dns' });
  expect(overRest.structuredContent).toMatchObject({
    deviceName: 'new-01',
    version: router.version,
    lines: expect.arrayContaining([expect.stringMatching(/^\/ip dns set .*servers=8\.8\.8\.8,8\.8\.4\.4/)]) as string[],
    complete: true,
    transport: 'rest',
  });

  await fetch(`${platform.simulator.controlUrl}/devices/${router.name}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      { kind: 'error', match: { path: '/execute' }, status: 500, detail: 'not enough permissions (9)' },
    ]),
  });
  const path = '/devices/new-01/operations/get_config_export?menu=/ip/dns&format=compact';
  const overSsh = await fetch(`${front.apiUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(await overSsh.json()).toMatchObject({
    lines: expect.arrayContaining(['/ip dns']) as string[],
    complete: true,
    transport: 'ssh',
  });
  expect(await journalOf(platform, router.name)).toEqual([]);

  const ask = async (tool: string) => (await callTool(front, token, tool, { deviceId: 'new-01' })).structuredContent;
  const { host, sshPort: port, user: username, password } = router;
  const hostKey = await shownHostKey({ host, port, timeoutMs: 5_000 });
  const shell = createSshLink({ host, username, password, ssh: { port, hostKey } });
  onTestFinished(() => shell.close());
  await shell.send({ name: 'off', line: '/ip/service/set www-ssl disabled=yes' });

  await waitUntil('the breaker to open', async () => {
    const { failure } = (await ask('check_connectivity')) as { failure: { code: string } | null };
    return failure?.code === 'DEVICE_COOLING_DOWN';
  });
  expect(await ask('diagnose_rest_service')).toMatchObject({
    services: expect.arrayContaining([expect.objectContaining({ name: 'www-ssl', enabled: false })]) as unknown[],
    failure: null,
  });
});

it('registers a router it can log in to, and no other', async () => {
  const { front, platform } = await start();
  const token = await front.tokenOf('admin', { scope: 'fleet:read fleet:admin', aud: front.apiUrl });
  const router = platform.simulator.devices[0];
  const register = (name: string, password: string | undefined) =>
    fetch(`${front.apiUrl}/devices`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name,
        host: router?.host,
        restPort: router?.restPort,
        environment: 'lab',
        username: router?.user,
        password,
      }),
    });
  const good = await register('new-01', router?.password);
  expect(good.status).toBe(201);
  expect(await good.json()).toMatchObject({
    device: { name: 'new-01', tls: { mode: 'pinned', fingerprint256: router?.fingerprint } },
    found: { version: expect.stringContaining(router?.version ?? 'none') as string },
  });
  const read = await callTool(front, await front.tokenOf('admin'), 'check_connectivity', { deviceId: 'new-01' });
  expect(read.structuredContent).toMatchObject({ deviceName: 'new-01', reachable: true });
  const bad = await register('new-02', 'wrong');
  expect([bad.status, ((await bad.json()) as { code: string }).code]).toEqual([502, 'DEVICE_AUTH_FAILED']);
  expect(await platform.database.devices.find('new-02')).toBeNull();
});
