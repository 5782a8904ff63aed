import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loginAs } from '../../cli/stack/login-as.ts';
import { openMcpSession, type McpSession } from '../../cli/tour/mcp-session.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import { prepareDeployment, type ComposeDeployment } from './support/compose-deployment.ts';
import { registerSimulated } from './support/register-simulated.ts';

const MINUTE = 60_000;

test(
  "a deployment whose databases are all lost goes on from a backup, Temporal's store in PostgreSQL among them",
  { timeout: 20 * MINUTE },
  async () => {
    const file = path.join(await temporaryFolder(), 'backup.tar');
    const deployment = await prepareDeployment();
    onTestFinished(() => deployment.stop());
    const { convoy } = deployment;
    await deployment.makeDatabases();
    await deployment.startTemporal();
    await deployment.startConvoy();
    await registerSimulated(deployment);
    const router = deployment.simulator.devices[0]?.name ?? '';
    const proposer = await operatorOf(deployment);
    const { planId, digest } = await proposer.call<Plan>('plan_dns_ntp', {
      deviceIds: [router],
      dnsServers: ['9.9.9.9'],
    });
    const schedules = await waitUntil('schedules', async () => {
      const ids = await deployment.schedules();
      return ids.includes('audit-care') && ids;
    });

    const created = await convoy('backup', 'create', file, '--json');
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const { parts } = JSON.parse(created.stdout) as { parts: string[] };
    expect(parts.toSorted()).toEqual(['convoy', 'temporal', 'temporal_visibility']);
    const inUse = await convoy('backup', 'restore', file, '--replace', '--yes');
    expect(inUse.stderr).toContain('CONFLICT');
    await deployment.stopConvoy();
    await deployment.stopTemporal();
    await deployment.dropDatabases();

    await deployment.makeDatabases();
    const restored = await convoy('backup', 'restore', file, '--json');
    expect(restored.code, restored.stderr).toBe(0);

    await deployment.startTemporal();
    expect(await deployment.schedules()).toEqual(expect.arrayContaining(schedules));
    await deployment.startConvoy();
    const { audit } = JSON.parse(restored.stdout) as { audit: { seq: number; hash: string } };
    const verified = await convoy('audit', 'verify', '--anchor', `${audit.seq}:${audit.hash}`, '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true });
    const operator = await operatorOf(deployment);
    expect(await operator.call<Plan>('get_plan', { planId })).toMatchObject({ status: 'awaiting_approval', digest });
    expect(await approve(deployment, planId, digest)).toBe(202);
    expect(await ended(operator, planId)).toMatchObject({ status: 'completed' });
    expect(await operator.call('get_dns_status', { deviceId: router })).toMatchObject({ servers: ['9.9.9.9'] });
    const doctor = await convoy('doctor');
    expect(doctor.code, `${doctor.stdout}${doctor.stderr}`).toBe(0);
  },
);

async function operatorOf({ issuer, publicUrl }: ComposeDeployment): Promise<McpSession> {
  const { accessToken } = await loginAs({
    issuer,
    user: 'operator@convoy.test',
    scope: 'openid email fleet:read fleet:write fleet:plan',
    resource: `${publicUrl}/mcp`,
  });
  const session = await openMcpSession(`${publicUrl}/mcp`, accessToken);
  onTestFinished(() => session.close());
  return session;
}

async function approve({ issuer, approvalUrl }: ComposeDeployment, planId: string, digest: string): Promise<number> {
  const { accessToken } = await loginAs({
    issuer,
    user: 'approver@convoy.test',
    scope: 'openid email fleet:read fleet:approve',
    resource: approvalUrl,
  });
  const { status } = await fetch(`${approvalUrl}/approvals/v1/plans/${planId}/approve`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ digest }),
  });
  return status;
}

async function ended(operator: McpSession, planId: string): Promise<Plan> {
  let plan = await operator.call<Plan>('get_plan', { planId });
  while (['awaiting_approval', 'approved', 'rolling_out'].includes(plan.status)) {
    plan = await operator.call<Plan>('wait_for_plan', { planId, status: plan.status, waitSeconds: 20 });
  }
  return plan;
}
