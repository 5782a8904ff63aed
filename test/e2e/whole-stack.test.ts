import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loginAs } from '../../cli/stack/login-as.ts';
import { findFreePorts } from '../../cli/stack/ports.ts';
import { startStack, type Stack } from '../../cli/stack/start-stack.ts';
import { openLab } from '../../cli/tour/lab.ts';
import { openMcpSession, type McpSession } from '../../cli/tour/mcp-session.ts';
import { openPeople } from '../../cli/tour/people.ts';
import { runTour } from '../../cli/tour/tour.ts';
import type { Plan } from '../../shared/domain/plan.ts';

let stack: Stack;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'convoy-stack-'));
  await chmod(home, 0o711);
  // Processes are killed here on purpose: the launcher must not bring them back.
  stack = await startStack({ home, ports: 'free', routers: 12, restarts: false });
}, 300_000);

afterAll(async () => {
  await stack?.stop();
  await rm(home, { recursive: true, force: true });
});

async function operatorAt(mcpUrl: string): Promise<McpSession> {
  const { oidc, mcpUrl: resource } = stack.file();
  const { accessToken } = await loginAs({
    issuer: oidc.issuer,
    clientId: 'convoy-mcp',
    user: 'operator@convoy.test',
    scope: 'openid email fleet:read fleet:write fleet:plan',
    resource,
  });
  const session = await openMcpSession(mcpUrl, accessToken);
  onTestFinished(() => session.close());
  return session;
}

async function proposeThrough(mcp: McpSession, dnsServers: string[], names: string[]): Promise<Plan> {
  return mcp.call<Plan>('plan_dns_ntp', {
    deviceIds: names,
    dnsServers,
    rollout: { canary: 1, batchSize: 2, pauseSeconds: 1 },
  });
}

async function approve({ planId, digest }: Plan): Promise<void> {
  const decided = await openPeople(stack.file()).decide('approver@convoy.test', planId, 'approve', { digest });
  expect(decided.code).toBeNull();
  expect(decided.status).toBeLessThan(300);
}

async function watch(mcp: McpSession, planId: string): Promise<Plan> {
  let plan = await mcp.call<Plan>('get_plan', { planId });
  while (['awaiting_approval', 'approved', 'rolling_out'].includes(plan.status)) {
    plan = await mcp.call<Plan>('wait_for_plan', { planId, status: plan.status, waitSeconds: 20 });
  }
  return plan;
}

describe('the whole stack', () => {
  it('tells the tour’s story, which checks itself against the routers’ journals', async () => {
    const lines: string[] = [];
    await runTour(stack.file(), (line) => lines.push(line));
    expect(lines.filter((line) => line.includes('✗'))).toEqual([]);
    expect(lines.join('\n')).toContain('the plan ended as rolled_back');
  }, 240_000);

  it('lets a plan made through one front end be approved and watched through another', async () => {
    const [port = 0] = await findFreePorts(1);
    await stack.add('web', { CONVOY_HTTP_PORT: String(port) });
    const one = await operatorAt(stack.file().mcpUrl);
    const other = await operatorAt(`http://127.0.0.1:${port}/mcp`);
    const plan = await proposeThrough(one, ['9.9.9.10'], ['lab-09', 'lab-10']);
    await approve(plan);
    const done = await watch(other, plan.planId);
    expect(done).toMatchObject({ status: 'completed', progress: { applied: 2, failed: 0, pending: 0, total: 2 } });
  }, 120_000);

  it('finishes a rollout although every web process is killed in the middle', async () => {
    const mcp = await operatorAt(stack.file().mcpUrl);
    const names = ['lab-08', 'lab-09', 'lab-10', 'lab-11', 'lab-12'];
    const plan = await proposeThrough(mcp, ['9.9.9.11'], names);
    await approve(plan);
    for (const { kind, pid } of stack.services()) if (kind === 'web') process.kill(pid, 'SIGKILL');
    await stack.add('web');
    const done = await watch(await operatorAt(stack.file().mcpUrl), plan.planId);
    expect(done).toMatchObject({ status: 'completed', progress: { applied: 5, failed: 0 } });
    const { controlUrl } = stack.file().simulator!;
    for (const name of names) {
      expect((await openLab(controlUrl).menu(name, '/ip/dns'))['servers']).toBe('9.9.9.11');
    }
  }, 120_000);
});
