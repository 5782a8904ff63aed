import type { Plan } from '../../shared/domain/plan.ts';
import { loginAs } from '../stack/login-as.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { openLab, type Lab } from './lab.ts';
import { openMcpSession, type McpSession } from './mcp-session.ts';
import { createNarrator, type Narrator } from './narrator.ts';
import { openPeople, type People } from './people.ts';

/** What the tour changes everywhere, and what it must find again after the rollback. */
const WANTED = { dnsServers: ['9.9.9.9', '149.112.112.112'], ntpServers: ['162.159.200.1', '162.159.200.123'] };
const DEVICES = 8;
/** The router that is made to refuse its second write: in the second batch after the canary. */
const FAILING_INDEX = 5;
const ROLLOUT = { canary: 1, batchSize: 3, pauseSeconds: 2, maxFailures: 0 };
const MENUS = ['/ip/dns', '/system/ntp/client'] as const;

interface DeviceRow {
  deviceId: string;
  name: string;
  environment: string;
  model: string | null;
  version: string | null;
}

/**
 * The main job through the front door, on the running stack. Throws TourFailure when anything does not go as it must.
 */
export async function runTour(stack: StackFile, print: (line: string) => void): Promise<void> {
  if (!stack.simulator) throw new Error('the tour needs the simulated fleet, and this stack runs without one');
  const say = createNarrator(print);
  const lab = openLab(stack.simulator.controlUrl);
  const { accessToken } = await loginAs({
    issuer: stack.oidc.issuer,
    clientId: 'convoy-mcp',
    user: 'operator@convoy.test',
    scope: 'openid email fleet:read fleet:write fleet:plan',
    resource: stack.mcpUrl,
  });
  const mcp = await openMcpSession(stack.mcpUrl, accessToken);
  try {
    const people = openPeople(stack);
    const devices = await look(say, mcp);
    const before = await menusOf(lab, devices);
    const proposed = await propose(say, mcp, devices);
    await breakOne(say, lab, devices);
    await decide(say, people, mcp, proposed, stack);
    const paused = await watchUntilPaused(say, mcp, proposed.planId);
    await proveBatchTakenBack(say, lab, paused, before);
    await takeAllBack(say, mcp, lab, paused, before);
    await showAudit(say, people, proposed);
  } finally {
    await mcp.close();
  }
}

async function look(say: Narrator, mcp: McpSession): Promise<DeviceRow[]> {
  say.chapter('An MCP client looks at the fleet');
  say.fact('Real: the login (OAuth code flow with PKCE at the identity provider), the token, the MCP session.');
  say.fact('Simulated: the routers. They speak RouterOS 7 REST over TLS, with their own certificates and state.');
  const tools = await mcp.tools();
  say.check(
    `operator@convoy.test sees ${tools.length} tools, and none of them approves`,
    !tools.some((t) => /approve/.test(t)),
  );
  const { devices, total } = await mcp.call<{ devices: DeviceRow[]; total: number }>('list_devices', {
    selector: { environment: 'lab' },
    limit: 100,
  });
  say.fact(`list_devices: ${total} routers`);
  say.table(devices.slice(0, 4).map((d) => [d.name, d.environment, d.model ?? '', `RouterOS ${d.version}`]));
  const chosen = devices.slice(0, DEVICES);
  if (chosen.length < DEVICES)
    throw new Error(`the tour needs ${DEVICES} lab routers; start with --fleet ${DEVICES} or more`);
  const [first] = chosen as [DeviceRow];
  const overview = await mcp.call<Record<string, unknown>>('get_system_overview', { deviceId: first.name });
  say.fact(
    `get_system_overview of ${first.name}: ${String(overview['identity'])}, up ${String(overview['uptimeSeconds'])} s, read live at ${String(overview['observedAt'])}`,
  );
  return chosen;
}

async function propose(say: Narrator, mcp: McpSession, devices: DeviceRow[]): Promise<Plan> {
  say.chapter('It proposes a change: other DNS and NTP servers, on eight routers');
  const plan = await mcp.call<Plan>('plan_dns_ntp', {
    deviceIds: devices.map((d) => d.deviceId),
    ...WANTED,
    rollout: ROLLOUT,
    comment: 'move to the new resolvers',
  });
  say.fact(`${plan.planId}: ${plan.risk} risk (${plan.riskReasons.join(', ')}), digest ${plan.digest.slice(0, 16)}…`);
  const [example] = plan.devices;
  for (const change of example?.changes ?? []) say.fact(`  ${example?.name}: ${change.summary}`);
  say.check('nothing has been written: the plan waits for a person', plan.status === 'awaiting_approval');
  return plan;
}

async function decide(say: Narrator, people: People, mcp: McpSession, plan: Plan, stack: StackFile): Promise<void> {
  say.chapter('A person who is not the requester decides');
  say.fact(`In a browser: ${plan.links.temporal}`);
  say.fact(`(log in as approver@convoy.test, password convoy; the page says what to send)`);
  const own = await people.decide('operator@convoy.test', plan.planId, 'approve', { digest: plan.digest });
  say.check(`the operator who asked cannot approve: ${own.code}`, own.status === 403);
  const forged = await people.decide('approver@convoy.test', plan.planId, 'approve', { digest: '0'.repeat(64) });
  say.check(`an approval of another digest is refused: ${forged.code}`, forged.status === 409);
  const unchanged = await mcp.call<Plan>('get_plan', { planId: plan.planId });
  say.check('the plan still waits', unchanged.status === 'awaiting_approval' && unchanged.approvals.length === 0);
  const given = await people.decide('approver@convoy.test', plan.planId, 'approve', {
    digest: plan.digest,
    comment: 'resolvers checked',
  });
  say.check(
    `approver@convoy.test approves: a Temporal signal at ${stack.temporal.address}, stamped by the server with their identity`,
    given.status < 300,
  );
}

async function breakOne(say: Narrator, lab: Lab, devices: DeviceRow[]): Promise<void> {
  const victim = devices[FAILING_INDEX];
  if (!victim) return;
  await lab.refuseWrites(victim.name, '/system/ntp/client/set');
  say.fact(`(${victim.name} is made to refuse its second write from now on, as a locked-down router would: see below)`);
}

async function watchUntilPaused(say: Narrator, mcp: McpSession, planId: string): Promise<Plan> {
  say.chapter('The rollout: the canary, then batches');
  let shown = '';
  for (let round = 0; round < 60; round++) {
    const plan = await mcp.call<Plan>('wait_for_plan', { planId, waitSeconds: 10 });
    const line = `${plan.status} ` + plan.devices.map((d) => `${d.name} ${d.status}`).join(', ');
    if (line !== shown) {
      shown = line;
      const { applied, failed, pending, total } = plan.progress;
      say.fact(`${plan.status.padEnd(12)} applied ${applied}, failed ${failed}, to do ${pending} of ${total}`);
    }
    if (plan.status === 'paused') {
      say.fact(`Why: ${plan.statusReason}`);
      say.table(plan.devices.map((d) => [d.name, d.status, d.error ? `${d.error.code}: ${d.error.message}` : '']));
      say.check('it stopped by itself when a router failed', plan.progress.failed === 1);
      return plan;
    }
    if (!['approved', 'rolling_out'].includes(plan.status)) break;
  }
  say.check('the rollout pauses at the failing router', false);
  throw new Error('unreachable');
}

async function proveBatchTakenBack(
  say: Narrator,
  lab: Lab,
  plan: Plan,
  before: Map<string, Record<string, string>>,
): Promise<void> {
  say.chapter("What the routers' own journals say");
  const count = (status: string) => plan.devices.filter((d) => d.status === status);
  for (const device of [...count('rolled_back'), ...count('failed')]) {
    const writes = await lab.journal(device.name);
    const isBack = (await valuesOf(lab, device.name)) === serialize(before.get(device.name));
    say.check(
      `${device.name} (${device.status}): ${writes.length} writes, and its servers are the old ones again`,
      isBack,
    );
  }
  for (const device of count('applied')) {
    const writes = await lab.journal(device.name);
    say.check(`${device.name} (applied): written exactly once a setting`, writes.length === MENUS.length);
  }
  for (const device of count('pending')) {
    say.check(`${device.name} (pending): never written`, (await lab.journal(device.name)).length === 0);
  }
}

async function takeAllBack(
  say: Narrator,
  mcp: McpSession,
  lab: Lab,
  plan: Plan,
  before: Map<string, Record<string, string>>,
): Promise<void> {
  say.chapter('The operator takes the whole change back');
  for (const device of plan.devices) await lab.clearFaults(device.name);
  await mcp.call('rollback_plan', { planId: plan.planId, comment: 'not today' });
  let current = plan;
  for (let round = 0; round < 60 && !['rolled_back', 'rollback_incomplete'].includes(current.status); round++) {
    current = await mcp.call<Plan>('wait_for_plan', { planId: plan.planId, waitSeconds: 10 });
  }
  say.check(`the plan ended as ${current.status}`, current.status === 'rolled_back');
  const names = plan.devices.map((d) => d.name);
  const restored = await Promise.all(names.map(async (n) => (await valuesOf(lab, n)) === serialize(before.get(n))));
  say.check(`all ${names.length} routers hold exactly what they held before`, restored.every(Boolean));
}

async function showAudit(say: Narrator, people: People, plan: Plan): Promise<void> {
  say.chapter('The audit trail');
  const events = await people.audit('auditor@convoy.test', plan.planId);
  const names = new Map(plan.devices.map(({ deviceId, name }) => [deviceId, name]));
  say.table(
    events
      .reverse()
      .slice(0, 30)
      .map((e) => [e.at.slice(11, 19), e.action, names.get(e.deviceId ?? '') ?? '', e.actor, e.outcome, e.code ?? '']),
  );
  const actions = new Set(events.map((event) => event.action));
  say.check(
    'the approval and every device change are in it',
    actions.has('plan.approve') && actions.has('device.change'),
  );
}

async function menusOf(lab: Lab, devices: DeviceRow[]): Promise<Map<string, Record<string, string>>> {
  const all = new Map<string, Record<string, string>>();
  for (const { name } of devices) all.set(name, await settings(lab, name));
  return all;
}

async function valuesOf(lab: Lab, device: string): Promise<string> {
  return serialize(await settings(lab, device));
}

/** What the plan kind manages, of one router, straight from the simulator. */
async function settings(lab: Lab, device: string): Promise<Record<string, string>> {
  const [dns, ntp] = await Promise.all(MENUS.map((menu) => lab.menu(device, menu)));
  return { dns: dns?.['servers'] ?? '', ntp: ntp?.['servers'] ?? '', ntpEnabled: ntp?.['enabled'] ?? '' };
}

function serialize(values: Record<string, string> | undefined): string {
  return JSON.stringify(values);
}
