import type { Plan } from '../../shared/domain/plan.ts';
import type { McpSession } from '../../cli/tour/mcp-session.ts';
import type { People } from '../../cli/tour/people.ts';
import type { Figure } from './figures.ts';

/** From the approval to the completed rollout of ten routers, without pauses. */
export async function measureRollout(mcp: McpSession, people: People, deviceIds: readonly string[]): Promise<Figure> {
  const plan = await mcp.call<Plan>('plan_dns_ntp', {
    deviceIds,
    dnsServers: ['9.9.9.9'],
    ntpServers: ['162.159.200.1'],
    rollout: { canary: 1, batchSize: 9, pauseSeconds: 0 },
  });
  const startedAtMs = performance.now();
  for (const user of ['approver@convoy.test', 'approver2@convoy.test'].slice(0, plan.approvalsNeeded)) {
    const given = await people.decide(user, plan.planId, 'approve', { digest: plan.digest });
    if (given.status >= 300) throw new Error(`${user} could not approve: ${given.code}`);
  }
  let current = plan;
  while (!['completed', 'failed', 'paused'].includes(current.status)) {
    current = await mcp.call<Plan>('wait_for_plan', { planId: plan.planId, status: current.status, waitSeconds: 30 });
  }
  if (current.status !== 'completed')
    throw new Error(`the rollout ended as ${current.status}: ${current.statusReason}`);
  return {
    name: `rollout of ${deviceIds.length} devices`,
    value: (performance.now() - startedAtMs) / 1000,
    unit: 's',
    target: 10,
    note: 'canary of 1 and a batch of 9, no pauses, routers of 20 ms, approval included',
  };
}
