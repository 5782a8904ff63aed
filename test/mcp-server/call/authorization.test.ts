import { describe, expect, it } from 'vitest';
import type { TestFrontEnd } from '../support/start-front-end.ts';
import { addDevice } from '../support/devices.ts';
import { callTool, postModern } from '../support/mcp-calls.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

/** One tool of each risk class, with arguments that are good for whoever may call it. */
const TOOLS = {
  fundamental: { name: 'get_dns_status', args: { deviceId: 'lab-01' }, scope: 'fleet:read' },
  advanced: { name: 'update_dns_servers', args: { deviceId: 'lab-01', dnsServers: ['9.9.9.9'] }, scope: 'fleet:write' },
  professional: { name: 'plan_dns_ntp', args: { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] }, scope: 'fleet:plan' },
} as const;
type Tier = keyof typeof TOOLS;

const MAY: Record<string, readonly Tier[]> = {
  viewer: ['fundamental'],
  approver: ['fundamental'],
  auditor: ['fundamental'],
  operator: ['fundamental', 'advanced', 'professional'],
  admin: ['fundamental', 'advanced', 'professional'],
};

async function outcomeOf(front: TestFrontEnd, token: string, tier: Tier): Promise<string> {
  const { name, args } = TOOLS[tier];
  const response = await postModern(front, token, { method: 'tools/call', params: { name, arguments: args } });
  if (response.status === 403) return ((await response.json()) as { code: string }).code;
  const { result } = (await response.json()) as { result: { isError?: boolean; structuredContent: { code?: string } } };
  return result.isError ? (result.structuredContent.code ?? 'no code') : 'ok';
}

describe('role by risk class', () => {
  it.each(Object.entries(MAY))('%s may call %j and nothing else', async (role, allowed) => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf(role);
    for (const tier of Object.keys(TOOLS) as Tier[]) {
      expect(await outcomeOf(front, token, tier), tier).toBe(allowed.includes(tier) ? 'ok' : 'FORBIDDEN');
    }
  });
});

describe('scope by risk class', () => {
  it('each risk class needs its own scope, which no other replaces', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    for (const { scope } of [...Object.values(TOOLS), { scope: 'fleet:admin' }, { scope: 'fleet:approve' }]) {
      const token = await front.tokenOf('operator', { scope });
      for (const tier of Object.keys(TOOLS) as Tier[]) {
        const expected = TOOLS[tier].scope === scope ? 'ok' : 'INSUFFICIENT_SCOPE';
        expect(await outcomeOf(front, token, tier), `${tier} with ${scope}`).toBe(expected);
      }
    }
  });

  it('a missing scope is a challenge that names the scopes held and the one needed', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator', { scope: 'fleet:read' });
    const { name, args } = TOOLS.advanced;
    const response = await postModern(front, token, { method: 'tools/call', params: { name, arguments: args } });
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="fleet:read fleet:write", resource_metadata="${front.url}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect(front.fleet.changes).toEqual([]);
    const [event] = await front.database.audit.list({ limit: 10 });
    expect(event).toMatchObject({ action: name, outcome: 'refused', code: 'INSUFFICIENT_SCOPE' });
  });

  it('a missing role is no challenge, because no other token would help', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('viewer', { scope: 'fleet:read' });
    const answer = await callTool(front, token, TOOLS.advanced.name, TOOLS.advanced.args);
    expect(answer.structuredContent).toMatchObject({ code: 'FORBIDDEN', retryable: false });
  });
});

describe('listing', () => {
  async function names(front: TestFrontEnd, token: string): Promise<string[]> {
    const response = await postModern(front, token, { method: 'tools/list' });
    const { result } = (await response.json()) as { result: { tools: { name: string }[] } };
    return result.tools.map((tool) => tool.name);
  }

  it('shows everybody what they may call and nothing else', async () => {
    const front = await startFrontEnd();
    const viewer = await names(front, await front.tokenOf('viewer'));
    const approver = await names(front, await front.tokenOf('approver'));
    const operator = await names(front, await front.tokenOf('operator'));
    expect(viewer.filter((name) => /^(set|update|plan|apply|cancel|pause|resume|abort|rollback)_/.test(name))).toEqual(
      [],
    );
    expect(approver.filter((name) => !viewer.includes(name))).toEqual([
      'pause_rollout',
      'abort_rollout',
      'rollback_plan',
    ]);
    expect(operator).toEqual(expect.arrayContaining([...viewer, 'update_dns_servers', 'plan_dns_ntp', 'apply_plan']));
    expect(await names(front, await front.tokenOf('operator', { scope: '' }))).toEqual([]);
    expect(await names(front, await front.tokenOf('operator', { scope: 'fleet:read' }))).toEqual(viewer);
  });

  it('shows nobody a tool that decides on a plan or administers devices', async () => {
    const front = await startFrontEnd();
    const scope = 'fleet:read fleet:write fleet:plan fleet:approve fleet:admin';
    for (const role of ['admin', 'approver']) {
      const listed = await names(front, await front.tokenOf(role, { scope }));
      expect(listed.filter((name) => /approve|reject|register|update_device$|audit/.test(name))).toEqual([]);
    }
  });
});

describe('phase', () => {
  it("what lies above the deployment's phase does not exist", async () => {
    const front = await startFrontEnd({ phase: 1 });
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    const { name, args } = TOOLS.professional;
    const response = await postModern(front, token, { method: 'tools/call', params: { name, arguments: args } });
    expect(await response.json()).toMatchObject({ error: { code: -32602, message: 'Tool plan_dns_ntp not found' } });
  });
});

describe('device scope', () => {
  const NORTH = { email: 'north@convoy.test', groups: ['branch-north'] };

  it('a device outside the scope is answered exactly as one that does not exist', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'north-01', { tags: ['north'] });
    const south = await addDevice(front.database, 'south-01', { tags: ['south'] });
    const token = await front.tokenOf('north', NORTH);
    const inside = await callTool(front, token, 'get_device', { deviceId: 'north-01' });
    expect(inside.structuredContent).toMatchObject({ name: 'north-01' });
    const answers = [];
    for (const deviceId of ['south-01', 'nobody-1']) {
      const { structuredContent } = await callTool(front, token, 'get_dns_status', { deviceId });
      answers.push(JSON.stringify({ ...structuredContent, correlationId: '' }).replaceAll(deviceId, '<name>'));
    }
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).toContain('DEVICE_NOT_FOUND');
    const byId = await callTool(front, token, 'get_device', { deviceId: south.deviceId });
    expect(byId.structuredContent).toMatchObject({ code: 'DEVICE_NOT_FOUND' });
    expect(front.fleet.reads).toEqual([]);
  });

  it('lists and selects only what is in the scope', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'north-01', { tags: ['north'] });
    await addDevice(front.database, 'south-01', { tags: ['south'] });
    const token = await front.tokenOf('north', NORTH);
    const list = await callTool(front, token, 'list_devices');
    expect(list.structuredContent).toMatchObject({ devices: [{ name: 'north-01' }], total: 1 });
    const plan = await callTool(front, token, 'plan_dns_ntp', {
      selector: { environment: 'lab' },
      dnsServers: ['9.9.9.9'],
    });
    expect(plan.structuredContent).toMatchObject({ devices: [{ name: 'north-01' }] });
  });

  it('a plan is visible only to those who may use all of its devices', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'north-01', { tags: ['north'] });
    await addDevice(front.database, 'south-01', { tags: ['south'] });
    const operator = await front.tokenOf('operator');
    const north = await front.tokenOf('north', NORTH);
    const propose = async (deviceIds: string[]) => {
      const { structuredContent } = await callTool(front, operator, 'plan_dns_ntp', {
        deviceIds,
        dnsServers: ['9.9.9.9'],
      });
      return String(structuredContent?.['planId']);
    };
    const mixed = await propose(['north-01', 'south-01']);
    const own = await propose(['north-01']);
    const refused = await callTool(front, north, 'get_plan', { planId: mixed });
    expect(refused.structuredContent).toMatchObject({ code: 'PLAN_NOT_FOUND' });
    for (const tool of ['wait_for_plan', 'cancel_plan']) {
      const answer = await callTool(front, north, tool, { planId: mixed });
      expect(answer.structuredContent).toMatchObject({ code: 'PLAN_NOT_FOUND' });
    }
    expect((await callTool(front, north, 'get_plan', { planId: own })).structuredContent).toMatchObject({
      planId: own,
    });
    const list = await callTool(front, north, 'list_plans');
    expect(list.structuredContent).toMatchObject({ plans: [{ planId: own }] });
    expect(front.fleet.signals).toEqual([]);
  });
});
