import { expect, it } from 'vitest';
import { parsePolicy } from '../../../shared/platform/policy/parse-policy.ts';
import { joinDeployment } from '../../../mcp-server/http/deployment.ts';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type FrontEndSetup } from '../support/start-front-end.ts';

/** Open for a minute that is never now: twelve hours away. */
function closedNow(): string {
  const noon = new Date(Date.now() + 12 * 3_600_000).toISOString().slice(11, 14);
  return `{ appliesTo: { tags: [core] }, timeZone: UTC, from: "${noon}00", to: "${noon}01" }`;
}

function allowing(yaml: string): Pick<FrontEndSetup, 'policy'> {
  const { policy, problems } = parsePolicy(yaml);
  if (policy === null) throw new Error(problems.join(' '));
  return { policy: { current: () => policy } };
}

it('refuses writes and proposals with the name of the rule, records each, and lets reads and dry runs pass', async () => {
  const front = await startFrontEnd(
    allowing(`
environments: { prod: { planKinds: [], commentRequired: true } }
windows: { night: ${closedNow()} }
capabilities: { core: { appliesTo: { tags: [core] }, withoutFlags: [allowBandwidthTest] } }
`),
  );
  await addDevice(front.database, 'core-1', { environment: 'prod', tags: ['core'] });
  await addDevice(front.database, 'prod-1', { environment: 'prod' });
  const operator = await front.tokenOf('operator');
  const dns = (deviceId: string, more: Record<string, unknown> = {}) =>
    callTool(front, operator, 'update_dns_servers', { deviceId, dnsServers: ['9.9.9.9'], ...more });

  expect((await dns('prod-1')).structuredContent).toMatchObject({
    code: 'POLICY_REFUSED',
    details: { rule: 'environments.prod.commentRequired' },
  });
  expect((await dns('core-1', { comment: 'resolver moved' })).structuredContent).toMatchObject({
    code: 'POLICY_REFUSED',
    message: expect.stringContaining('core-1 may not be changed now. The maintenance window "night"') as string,
    details: { rule: 'windows.night', opensAt: expect.stringMatching(/^\d{4}-/) as string },
  });
  const plan = { deviceIds: ['prod-1'], dnsServers: ['9.9.9.9'], comment: 'resolver moved' };
  expect((await callApi(front, operator, 'POST', '/plans/dns_ntp', plan)).body).toMatchObject({
    status: 403,
    code: 'POLICY_REFUSED',
    details: { rule: 'environments.prod.planKinds' },
  });
  expect([front.fleet.changes, front.fleet.started]).toEqual([[], []]);
  const recorded = await front.database.audit.list({ limit: 10 });
  expect(recorded.map(({ outcome, code }) => [outcome, code])).toEqual(
    Array.from({ length: 3 }, () => ['refused', 'POLICY_REFUSED']),
  );
  expect(recorded[1]?.message).toContain('(rule windows.night)');

  expect((await dns('core-1', { comment: 'try', dryRun: true })).isError).toBeUndefined();
  expect((await callTool(front, operator, 'get_dns_status', { deviceId: 'core-1' })).isError).toBeUndefined();
  expect((await dns('prod-1', { comment: 'resolver moved' })).isError).toBeUndefined();
  expect(front.fleet.changes).toMatchObject([{ deviceName: 'prod-1' }]);
});

it('quotas hold for all front ends of a deployment together, and count neither dry runs nor repetitions', async () => {
  const rules = allowing(
    'quotas: { everyone: { writesPerDay: 3 }, roles: { operator: { plansPerDay: 5, openPlans: 1, devicesPerDay: 2 } } }',
  );
  const one = await startFrontEnd(rules);
  const other = await startFrontEnd({ ...rules, beside: one });
  for (const name of ['lab-01', 'lab-02', 'lab-03']) await addDevice(one.database, name);
  const write = async (front: typeof one, deviceId: string, more: Record<string, unknown> = {}) => {
    const token = await front.tokenOf('operator');
    const args = { deviceId, dnsServers: ['9.9.9.9'], ...more };
    const { structuredContent } = await callTool(front, token, 'update_dns_servers', args);
    return structuredContent as { outcome?: string; code?: string; details?: Record<string, unknown> };
  };

  const outcomes = await Promise.all([one, other, one, other, one].map((front) => write(front, 'lab-01')));
  const refusals = outcomes.filter(({ code }) => code !== undefined);
  expect(refusals).toHaveLength(2);
  expect(refusals[0]).toMatchObject({
    code: 'QUOTA_EXCEEDED',
    message:
      'You may have 3 writes to single devices a day; 3 are used, and this call takes 1. (rule quotas.everyone.writesPerDay)',
    details: { rule: 'quotas.everyone.writesPerDay', limit: 3, used: 3, wanted: 1 },
  });
  expect(one.fleet.changes.length + other.fleet.changes.length).toBe(3);
  expect(await write(other, 'lab-01', { dryRun: true })).toMatchObject({ dryRun: true });

  const propose = async (front: typeof one, deviceIds: string[]) => {
    const token = await front.tokenOf('operator');
    return (await callTool(front, token, 'plan_dns_ntp', { deviceIds, dnsServers: ['9.9.9.9'] })).structuredContent as {
      code?: string;
      details?: Record<string, unknown>;
    };
  };
  expect(await propose(other, ['lab-01', 'lab-02', 'lab-03'])).toMatchObject({
    code: 'QUOTA_EXCEEDED',
    details: { rule: 'quotas.roles.operator.devicesPerDay', used: 1, wanted: 2 },
  });
  expect(await propose(one, ['lab-01', 'lab-02'])).not.toHaveProperty('code');
  expect(await propose(other, ['lab-02'])).toMatchObject({
    code: 'QUOTA_EXCEEDED',
    details: { rule: 'quotas.roles.operator.openPlans', limit: 1 },
  });
});

it('rates are shared by the living front ends, and a dead one leaves its part to the others', async () => {
  const log = { info: () => {}, warn: () => {} };
  const one = await startFrontEnd();
  const store = one.database.webProcesses;
  // Silent at once, unless a beat has just been: the test itself is the clock.
  const deployment = await joinDeployment({ store, log, beatMs: 3_600_000 });
  const second = await joinDeployment({ store, log, beatMs: 3_600_000 });
  expect([deployment.processes(), second.processes()]).toEqual([1, 2]);
  const front = await startFrontEnd({
    beside: one,
    deployment: second,
    rateLimits: { fleet: { perSecond: 0.001, burst: 4 } },
  });
  await addDevice(front.database, 'lab-01');
  const viewer = await front.tokenOf('viewer');
  const codes: unknown[] = [];
  for (let call = 0; call < 3; call++) {
    const { structuredContent } = await callTool(front, viewer, 'read_fleet', { operation: 'get_dns_status' });
    codes.push((structuredContent as { code?: string }).code);
  }
  expect(codes).toEqual([undefined, undefined, 'RATE_LIMITED']);

  await deployment.close();
  const third = await joinDeployment({ store, log, beatMs: 3_600_000 });
  expect(third.processes()).toBe(2);
  await Promise.all([second.close(), third.close()]);
});
