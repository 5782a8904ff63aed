import { expect, it, onTestFinished } from 'vitest';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform } from '../support/platform.ts';
import { approve, propose, reaches, writesOf } from '../support/plans.ts';
import { SHORT_HISTORIES } from '../support/short-histories.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';

const ROLLOUT = 'rolloutWorkflow';
const ROUTERS = 10;

it('a rollout goes on as a new run in the middle of a wave, heeds whoever steers it, and writes every router once', async () => {
  const { namespace } = SHORT_HISTORIES;
  const platform = await startPlatform({ routers: ROUTERS, namespace });
  onTestFinished(() => platform.stop());
  const client = await temporalClient({ subject: 'svc-admin', namespace });
  onTestFinished(() => client.connection.close());
  const continued = async (): Promise<number> => {
    const query = `WorkflowType = '${ROLLOUT}' AND ExecutionStatus = 'ContinuedAsNew'`;
    return (await client.workflow.count(query)).count;
  };
  const written = (): number => platform.devices.filter(({ name }) => writesOf(platform, name)['/ip/dns']).length;

  // So that enough is left to do when somebody pauses it.
  for (const router of platform.simulator.routers.slice(4)) {
    await router.setFaults([{ kind: 'latency', latencyMs: 2_000, match: { method: 'POST', path: '/ip/dns/set' } }]);
  }
  const input = { dnsServers: ['9.9.9.9'] };
  // All are one wave, a few at a time.
  const plan = await propose(platform, { input, rollout: { canary: 0, batchSize: ROUTERS, maxParallel: 2 } });
  const control = (signal: 'pause' | 'resume') =>
    platform.fleet.signalPlan(plan.planId, signal, { comment: 'test', onBehalfOf: 'olga' });
  await approve(platform, plan);
  await waitUntil('the first new run', async () => (await continued()) > 0, { timeoutMs: 60_000 });
  await control('pause');
  await reaches(platform, plan.planId, ['paused']);
  const [before, runs] = [written(), await continued()];
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(ROUTERS);
  await control('resume');
  const over = await reaches(platform, plan.planId, ['completed', 'failed']);

  expect(over).toMatchObject({ status: 'completed' });
  expect(new Set(over.devices.map(({ status }) => status))).toEqual(new Set(['applied']));
  expect(await continued()).toBeGreaterThan(runs);
  for (const { name } of platform.devices) expect(writesOf(platform, name), name).toEqual({ '/ip/dns': 1 });
  expect(new Set(over.devices.map(({ wave }) => wave))).toEqual(new Set([1]));
  const events = await platform.database.audit.list({ planId: plan.planId, limit: 100, action: 'device.change' });
  expect(events.filter(({ outcome }) => outcome === 'requested')).toHaveLength(ROUTERS);
  expect(await expectAllToReplay(platform)).toContain(ROLLOUT);
}, 180_000);
