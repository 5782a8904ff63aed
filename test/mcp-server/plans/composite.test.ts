import { describe, expect, it } from 'vitest';
import { CapabilityFlags } from '../../../shared/domain/device.ts';
import { parsePolicy } from '../../../shared/platform/policy/parse-policy.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type FrontEndSetup, type TestFrontEnd } from '../support/start-front-end.ts';

const DNS = { kind: 'dns_ntp', input: { dnsServers: ['9.9.9.9'] } };
const RECORD = { kind: 'dns_static', input: { records: [{ name: 'files.lan', type: 'A', value: '192.0.2.10' }] } };
const LISTED = {
  kind: 'address_list_sync',
  input: { list: 'blocked', mode: 'add_only', entries: [{ address: '192.0.2.7' }] },
};

async function propose(front: TestFrontEnd, changes: unknown): Promise<Record<string, unknown>> {
  const token = await front.tokenOf('operator');
  const { structuredContent = {} } = await callTool(front, token, 'plan_composite', { deviceIds: ['lab-01'], changes });
  return structuredContent;
}

async function under(yaml: string): Promise<TestFrontEnd> {
  const { policy, problems } = parsePolicy(yaml);
  if (policy === null) throw new Error(problems.join(' '));
  const setup: FrontEndSetup = { policy: { current: () => policy } };
  const front = await startFrontEnd(setup);
  await addDevice(front.database, 'lab-01', { flags: CapabilityFlags.parse({ allowProfessionalWorkflows: true }) });
  return front;
}

describe('a change that holds others', () => {
  it('needs the flags of what it holds, and is kept with the inputs as their kinds read them', async () => {
    const front = await under('');
    expect(await propose(front, [DNS, LISTED])).toMatchObject({
      code: 'DEVICE_CAPABILITY_MISSING',
      details: { flag: 'allowFirewallWrites', devices: ['lab-01'] },
    });
    const plan = await propose(front, [DNS, RECORD]);
    expect(plan).toMatchObject({ kind: 'composite', status: 'awaiting_approval' });
    const stored = await front.database.plans.get(String(plan['planId']));
    expect(stored?.input['changes']).toMatchObject([DNS, { input: { records: [{ state: 'present' }] } }]);
  });

  it.each([
    ['environments: { lab: { planKinds: [composite, dns_ntp] } }', 'environments.lab.planKinds', 'dns_static'],
    ['environments: { lab: { planKinds: [dns_static, dns_ntp] } }', 'environments.lab.planKinds', 'composite'],
    [
      'capabilities: { names: { appliesTo: { environments: [lab] }, withoutPlanKinds: [dns_static] } }',
      'capabilities.names',
      'dns_static',
    ],
  ])('under %s is refused by %s because of %s', async (yaml, rule, kind) => {
    const front = await under(yaml);
    const refused = await propose(front, [DNS, RECORD]);
    expect(refused).toMatchObject({ code: 'POLICY_REFUSED', details: { rule } });
    expect(refused['message']).toContain(`of the kind ${kind} `);
    expect(front.fleet.started).toEqual([]);
  });

  it('heeds the flags that the policy takes away', async () => {
    const front = await under(
      'capabilities: { filters: { appliesTo: { environments: [lab] }, withoutFlags: [allowFirewallWrites] } }',
    );
    await addDevice(front.database, 'lab-02', {
      flags: CapabilityFlags.parse({ allowProfessionalWorkflows: true, allowFirewallWrites: true }),
    });
    const answer = await callTool(front, await front.tokenOf('operator'), 'plan_composite', {
      deviceIds: ['lab-02'],
      changes: [DNS, LISTED],
    });
    expect(answer.structuredContent).toMatchObject({
      code: 'POLICY_REFUSED',
      details: { rule: 'capabilities.filters' },
    });
  });

  const WRONG: [unknown, string, string][] = [
    [
      [DNS, { kind: 'dns_ntp', input: { servers: ['9.9.9.9'] } }],
      'UNKNOWN_FIELD',
      'changes[1].input.servers: this field does not exist; allowed are dnsServers, ntpServers.',
    ],
    [
      [DNS, { ...RECORD, more: 1 }],
      'UNKNOWN_FIELD',
      'changes[1].more: this field does not exist; allowed are kind, input.',
    ],
    [
      [DNS, { kind: 'dns_static', input: { records: [{ name: 'a.lan', type: 'A', address: '192.0.2.1' }] } }],
      'UNKNOWN_FIELD',
      'changes[1].input.records[0].address: this field does not exist; allowed are name, regexp, type, value',
    ],
    [
      [DNS, { kind: 'nat', input: {} }],
      'VALIDATION_ERROR',
      'changes[1].kind: allowed are "dns_ntp", "address_list_sync"',
    ],
    [
      [DNS, { kind: 'composite', input: { changes: [DNS, RECORD] } }],
      'VALIDATION_ERROR',
      'changes[1].kind: allowed are',
    ],
    [
      [DNS, { kind: 'dns_ntp', input: { dnsServers: ['resolver'] } }],
      'VALIDATION_ERROR',
      'changes[1].input.dnsServers[0]: ',
    ],
    [[DNS], 'VALIDATION_ERROR', 'changes: give at least 2 changes; for one alone there is its own plan_ tool'],
    [Array.from({ length: 11 }, () => DNS), 'VALIDATION_ERROR', 'changes: at most 10 changes are allowed in one plan'],
  ];

  it('is told where it is wrong, by the place of the part and the words of its kind', async () => {
    const front = await under('');
    for (const [changes, code, sentence] of WRONG) {
      const refused = await propose(front, changes);
      expect(refused['code']).toBe(code);
      expect(refused['message']).toContain(sentence);
    }
  });
});
