import { existsSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { homeAt } from '../../cli/stack/home.ts';
import { loginAs } from '../../cli/stack/login-as.ts';
import { findFreePorts, portTable } from '../../cli/stack/ports.ts';
import { startStack, type Stack } from '../../cli/stack/start-stack.ts';
import { openMcpSession, type McpSession } from '../../cli/tour/mcp-session.ts';
import { openPeople } from '../../cli/tour/people.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { runCli, type CliRun } from '../cli/support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MINUTE = 60_000;

test(
  'after everything is lost but keys and a backup, the audit verifies and a plan that waited is approved and carried out',
  { timeout: 10 * MINUTE },
  async () => {
    const root = await temporaryFolder();
    const home = homeAt(root);
    const file = path.join(root, 'backup.tar');
    const env = await fixedPorts();
    const start = (): Promise<Stack> =>
      startStack({ home: root, env, routers: 1, workers: 1, webs: 1, restarts: false });
    const convoy = (...args: string[]): Promise<CliRun> => runCli(args, { env: { CONVOY_HOME: root } });

    const before = await start();
    onTestFinished(() => before.stop());
    const { planId, digest } = await propose(before);
    const created = await convoy('backup', 'create', file, '--json');
    expect(created).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(created.stdout)).toMatchObject({ missingKeyIds: [], parts: ['convoy', 'temporal'] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const masterKey = (await readFile(path.join(home.keysDir, 'master-key'), 'utf8')).trim();
    expect((await readFile(file)).includes(masterKey)).toBe(false);
    const refused = await convoy('backup', 'restore', file, '--replace', '--yes');
    expect(refused.stderr).toContain('STACK_ALREADY_RUNNING');
    await before.stop();

    await rm(home.postgresDir, { recursive: true });
    await rm(home.temporalDir, { recursive: true });
    const restored = await convoy('backup', 'restore', file, '--json');
    expect(restored).toMatchObject({ code: 0 });
    expect(existsSync(path.join(home.temporalDir, 'temporal.db'))).toBe(true);

    const after = await start();
    onTestFinished(() => after.stop());
    const { audit } = JSON.parse(restored.stdout) as { audit: { seq: number; hash: string } };
    const verified = await convoy('audit', 'verify', '--anchor', `${audit.seq}:${audit.hash}`, '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true });
    const operator = await operatorOf(after);
    expect(await operator.call<Plan>('get_plan', { planId })).toMatchObject({ status: 'awaiting_approval', digest });
    const decided = await openPeople(after.file()).decide('approver@convoy.test', planId, 'approve', { digest });
    expect(decided.status).toBe(202);
    expect(await ended(operator, planId)).toMatchObject({ status: 'completed' });
    const dns = await operator.call('get_dns_status', { deviceId: 'lab-01' });
    expect(dns).toMatchObject({ servers: ['9.9.9.9'] });
  },
);

/** The routers, and people's logins, are found where they were. */
async function fixedPorts(): Promise<NodeJS.ProcessEnv> {
  const variables = Object.values(portTable).map(({ variable }) => variable);
  const ports = await findFreePorts(variables.length);
  return Object.fromEntries(variables.map((variable, index) => [variable, String(ports[index])]));
}

async function propose(stack: Stack): Promise<Plan> {
  const operator = await operatorOf(stack);
  return operator.call<Plan>('plan_dns_ntp', { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] });
}

async function operatorOf(stack: Stack): Promise<McpSession> {
  const { oidc, mcpUrl } = stack.file();
  const { accessToken } = await loginAs({
    issuer: oidc.issuer,
    clientId: 'convoy-mcp',
    user: 'operator@convoy.test',
    scope: 'openid email fleet:read fleet:write fleet:plan',
    resource: mcpUrl,
  });
  const session = await openMcpSession(mcpUrl, accessToken);
  onTestFinished(() => session.close());
  return session;
}

async function ended(operator: McpSession, planId: string): Promise<Plan> {
  let plan = await operator.call<Plan>('get_plan', { planId });
  while (['awaiting_approval', 'approved', 'rolling_out'].includes(plan.status)) {
    plan = await operator.call<Plan>('wait_for_plan', { planId, status: plan.status, waitSeconds: 20 });
  }
  return plan;
}
