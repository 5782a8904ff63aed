import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startFleet } from '../../simulator/fleet.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { propose, reaches } from '../support/plans.ts';
import { confirmDevice } from './support/confirm-device.ts';
import { runCli } from './support/run-cli.ts';
import { startServices, type TestServices } from './support/start-services.ts';

const OPERATOR = 'operator@convoy.test';

let platform: TestPlatform;
let services: TestServices;

beforeAll(async () => {
  platform = await startPlatform({ routers: 2 });
  services = await startServices(platform);
}, 120_000);

afterAll(async () => {
  await services?.close();
  await platform?.stop();
});

function convoy(...args: string[]): ReturnType<typeof runCli> {
  return runCli(args, { env: services.env });
}

describe('convoy plan', () => {
  test('shows the diff once for devices that change alike, approves, and says that the vote was counted', async () => {
    const plan = await propose(platform, { requestedBy: OPERATOR });
    const shown = await convoy('plan', 'show', plan.planId, '--user', 'approver');
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('changes on 2 devices: lab-01, lab-02');
    expect(shown.stdout.match(/\/ip\/dns servers:/g)).toHaveLength(1);
    expect(shown.stdout).toContain(plan.digest);
    expect(shown.stdout).toContain('approvals: 0 of 1');

    const approved = await convoy('plan', 'approve', plan.planId, '--user', 'approver', '--comment', 'looked at it');
    expect(approved).toMatchObject({ code: 0, stdout: expect.stringContaining('Counted: 1 of 1 approvals') });
    const done = await reaches(platform, plan.planId, ['completed']);
    expect(done.approvals).toMatchObject([{ by: 'approver@convoy.test', via: 'cli', comment: 'looked at it' }]);

    const back = await convoy('plan', 'rollback', plan.planId, '--user', 'operator', '--comment', 'not needed');
    expect(back.code).toBe(0);
    await reaches(platform, plan.planId, ['rolled_back']);
    const after = await convoy('plan', 'show', plan.planId, '--user', 'auditor', '--json');
    expect(JSON.parse(after.stdout)).toMatchObject({ planId: plan.planId, status: 'rolled_back', links: {} });
  });

  test('says with code, sentence and exit code 1 why a decision was refused', async () => {
    const plan = await propose(platform, { requestedBy: OPERATOR, input: { dnsServers: ['10.9.5.1'] } });
    const refused = await convoy('plan', 'approve', plan.planId, '--user', 'operator');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'convoy: APPROVAL_ROLE_MISSING: To approve a plan takes the role approver or admin',
    );
    const stale = await convoy(
      'plan',
      'approve',
      plan.planId,
      '--user',
      'approver',
      '--digest',
      'ab'.repeat(32),
      '--json',
    );
    expect(stale.code).toBe(1);
    expect(stale.stdout).toBe('');
    expect(JSON.parse(stale.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      code: 'APPROVAL_DIGEST_MISMATCH',
      details: { expected: plan.digest },
    });
    const rejected = await convoy('plan', 'reject', plan.planId, '--user', 'approver', '--comment', 'wrong servers');
    expect(rejected).toMatchObject({ code: 0, stdout: expect.stringContaining('Counted: the plan is rejected.') });
    const late = await convoy('plan', 'approve', plan.planId, '--user', 'approver2');
    expect(late.stderr).toContain('PLAN_STATE_CONFLICT: The plan is rejected, so there is nothing to decide.');
  });

  test('lists plans, narrowed by status', async () => {
    const plan = await propose(platform, { requestedBy: OPERATOR, input: { dnsServers: ['10.9.5.2'] } });
    const waiting = await convoy(
      'plan',
      'list',
      '--user',
      'viewer',
      '--status',
      'awaiting_approval',
      'expired',
      '--json',
    );
    const { plans } = JSON.parse(waiting.stdout) as { plans: { planId: string; status: string }[] };
    expect(plans.map(({ planId }) => planId)).toContain(plan.planId);
    expect(new Set(plans.map(({ status }) => status))).toEqual(new Set(['awaiting_approval']));
    const table = await convoy('plan', 'list', '--user', 'viewer');
    expect(table.stdout).toMatch(
      new RegExp(`^${plan.planId} +dns_ntp +awaiting_approval +lab +medium +0/2 +${OPERATOR}$`, 'm'),
    );
  });
});

describe('convoy device', () => {
  test('registers a router after connecting to it, and says what it found', async () => {
    const simulator = await startFleet({ routers: 1, namePrefix: 'extra' });
    onTestFinished(() => simulator.stop());
    const [router] = simulator.devices;
    if (router === undefined) throw new Error('no router');
    const address = `--host ${router.host} --port ${router.restPort} --environment staging`;
    const rest = `--username ${router.user} --password-stdin --tag core --allow allowProfessionalWorkflows --user admin`;
    const add = (name: string, stdin: string): ReturnType<typeof runCli> =>
      runCli(`device add ${name} ${address} ${rest}`.split(' '), { env: services.env, stdin });
    const wrong = await add('edge-1', 'wrong password\n');
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('DEVICE_AUTH_FAILED') });

    const added = await add('edge-1', `${router.password}\n`);
    expect(added.stderr).toBe('');
    expect(added.stdout).toContain('Registered edge-1');
    expect(added.stdout).toContain(`certificate  ${router.fingerprint}`);
    expect(added.stdout).toContain(`identity     ${router.name}`);

    const again = await add('edge-1', `${router.password}\n`);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('DEVICE_EXISTS') });

    const updated = await convoy(
      'device',
      'update',
      'edge-1',
      '--forbid',
      'allowProfessionalWorkflows',
      '--user',
      'admin',
      '--json',
    );
    expect(JSON.parse(updated.stdout)).toMatchObject({ flags: { allowProfessionalWorkflows: false }, tags: ['core'] });
    const listed = await convoy('device', 'list', '--tag', 'core', '--user', 'viewer', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({
      devices: [{ name: 'edge-1', environment: 'staging' }],
      total: 1,
    });
    const shown = await convoy('device', 'show', 'edge-1', '--user', 'viewer');
    expect(shown.stdout).toContain(`TLS:           pinned ${router.fingerprint}`);
    expect(shown.stdout).not.toContain(router.password);
    expect(shown.stdout).toMatch(/^SSH: +no$/m);
  });

  test('reaches a router over SSH when told its port, and trusts one host key', async () => {
    const simulator = await startFleet({ routers: 1, namePrefix: 'shell' });
    onTestFinished(() => simulator.stop());
    const [router] = simulator.devices;
    if (router === undefined) throw new Error('no router');
    const add = (...more: string[]): ReturnType<typeof runCli> =>
      runCli(
        [
          ...`device add edge-2 --host ${router.host} --port ${router.restPort} --environment staging`.split(' '),
          ...`--username ${router.user} --password-stdin --user admin --ssh-port ${router.sshPort}`.split(' '),
          ...more,
        ],
        { env: services.env, stdin: `${router.password}\n` },
      );
    const other = `SHA256:${'A'.repeat(43)}`;
    expect(await add('--ssh-host-key', other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('DEVICE_HOST_KEY_CHANGED'),
    });
    const added = await add();
    expect(added.stderr).toBe('');
    const hostKey = /SSH host key (SHA256:\S+)/.exec(added.stdout)?.[1] ?? '';
    expect(hostKey).toMatch(/^SHA256:.{43}$/);

    const shown = await convoy('device', 'show', 'edge-2', '--user', 'viewer');
    expect(shown.stdout).toContain(`port ${router.sshPort}, host key ${hostKey}`);
    const update = (...flags: string[]): ReturnType<typeof runCli> =>
      convoy('device', 'update', 'edge-2', ...flags, '--user', 'admin', '--json');
    const off = await update('--no-ssh');
    expect(JSON.parse(off.stdout)).toMatchObject({ sshPort: null, sshHostKey: null });
    const changed = await update('--ssh-port', String(router.sshPort), '--ssh-host-key', other);
    expect(JSON.parse(changed.stdout || changed.stderr)).toMatchObject({ code: 'DEVICE_HOST_KEY_CHANGED' });
    const on = await update('--ssh-port', String(router.sshPort));
    expect(JSON.parse(on.stdout)).toMatchObject({ sshPort: router.sshPort, sshHostKey: hostKey });
  });

  test('asks for the password before anything else, and never as an argument', async () => {
    const args = [
      'device',
      'add',
      'x',
      '--host',
      '127.0.0.1',
      '--environment',
      'lab',
      '--username',
      'x',
      '--user',
      'admin',
    ];
    const missing = await convoy(...args);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("The router's password is missing.") });
    const help = await convoy('device', 'add', '--help');
    expect(help.stdout).not.toMatch(/--password[ =]<?/);
  });

  test('is not for operators', async () => {
    const refused = await convoy('device', 'update', 'lab-01', '--clear-tags', '--user', 'operator');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/convoy: (FORBIDDEN|INSUFFICIENT_SCOPE): /),
    });
  });
});

describe('signing in', () => {
  test('prints tokens for MCP that carry no right to approve', async () => {
    const { stdout } = await convoy('token', '--user', 'operator', '--json');
    const { accessToken, resource } = JSON.parse(stdout) as { accessToken: string; resource: string };
    expect(resource).toBe(`${services.publicUrl}/mcp`);
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as {
      scope: string;
    };
    expect(claims.scope).not.toContain('fleet:approve');
    const personal = await convoy('token', '--user', 'approver', '--scope', 'fleet:approve', '--json');
    expect(JSON.parse(personal.stdout)).toMatchObject({ resource: services.approvalUrl, scope: 'fleet:approve' });
  });

  test('without --user sends the person to a browser once, and keeps the token to itself', async () => {
    const pages: Promise<void>[] = [];
    const first = await runCli(['device', 'list', '--json'], {
      env: services.env,
      onStderr: (text) => {
        const address = /open (http\S+)/.exec(text)?.[1];
        if (address !== undefined && pages.length === 0) pages.push(confirmDevice(address));
      },
    });
    await Promise.all(pages);
    expect(first.stderr).toContain('check that it shows the code');
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ total: expect.any(Number) });

    const file = path.join(services.homeDir, 'tokens.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const second = await convoy('device', 'list', '--json');
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toBe(first.stdout);
    expect(first.stdout + first.stderr).not.toContain(firstToken(await readFile(file, 'utf8')));
  });
});

describe('looking after the stack', () => {
  test('status says what is up', async () => {
    const { code, stdout } = await convoy('status', '--json');
    expect(code).toBe(0);
    const { parts, stack } = JSON.parse(stdout) as { parts: unknown[]; stack: { postgresUrl: string } };
    expect(parts).toMatchObject([
      { name: 'web', status: 'up' },
      { name: 'worker', status: 'up', detail: '1 of 1 processes' },
      { name: 'approval gateway', status: 'up' },
      { name: 'identity provider', status: 'up' },
    ]);
    expect(stack.postgresUrl).not.toContain(new URL(platform.postgresUrl).password);
  });

  test('status tells of emergency stops, and whether the newest part of the audit is whole', async () => {
    const { database } = platform;
    const { deviceId, name } = platform.devices[0]!;
    const stopId = `stp_${ulid()}`;
    const scope = { on: 'device' as const, deviceId };
    await database.stops.place({ stopId, scope, reason: 'smoke', placedBy: 'ada', placedByName: 'Ada' });
    await database.audit.anchor(await database.audit.head());
    const { code, stdout } = await convoy('status');
    await database.stops.lift(stopId, { by: 'ada', byName: 'Ada', reason: 'gone' });
    expect(code).toBe(0);
    expect(stdout).toContain(`Emergency stop ${stopId} over ${name} since `);
    expect(stdout).toMatch(/Audit: anchored at entry \d+, .* is intact/);
    const after = await convoy('status', '--json');
    expect(JSON.parse(after.stdout)).toMatchObject({ trust: { stops: [], audit: { intact: true } } });
  });

  test('doctor finds every part well', async () => {
    const { code, stdout } = await convoy('doctor', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    expect(code).toBe(0);
  });

  test('migrate finds nothing left to do', async () => {
    expect(await convoy('migrate')).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' });
  });
});

function firstToken(cache: string): string {
  const [token] = Object.values(JSON.parse(cache) as Record<string, { accessToken: string }>);
  return token?.accessToken ?? 'no token';
}
