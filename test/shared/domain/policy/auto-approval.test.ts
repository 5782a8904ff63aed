import { expect, test } from 'vitest';
import { autoApprovalOf, type AutoApprovalFacts } from '../../../../shared/domain/policy/auto-approval.ts';
import { parsePolicy } from '../../../../shared/platform/policy/parse-policy.ts';

const RULE = {
  environments: ['lab', 'staging'],
  planKinds: ['dns_ntp'],
  maxDevices: 5,
  requesters: { roles: ['operator'], subjects: ['nightly-agent'] },
};

function rules(given: Record<string, unknown> = {}) {
  const windows = { nights: { appliesTo: { all: true }, timeZone: 'UTC', from: '22:00', to: '05:00' } };
  const { policy, problems } = parsePolicy(
    JSON.stringify({ windows, autoApproval: { clocks: { ...RULE, ...given } } }),
  );
  expect(problems).toEqual([]);
  return policy!;
}

function problemsOf(given: Record<string, unknown>): string[] {
  return parsePolicy(JSON.stringify({ autoApproval: { clocks: { ...RULE, ...given } } })).problems;
}

const FACTS: AutoApprovalFacts = {
  environment: 'lab',
  kinds: ['dns_ntp'],
  deviceCount: 5,
  risk: 'low',
  approvalsNeeded: 1,
  requester: { sub: 'olga', roles: ['operator'] },
  atMs: Date.parse('2027-01-02T12:00:00.000Z'),
};

test('a plan that meets every criterion is approved by the rule of that name', () => {
  expect(autoApprovalOf(rules(), FACTS)).toBe('clocks');
  expect(autoApprovalOf(rules(), { ...FACTS, requester: { sub: 'nightly-agent', roles: [] } })).toBe('clocks');
});

test.each<[string, Partial<AutoApprovalFacts>]>([
  ['of medium risk', { risk: 'medium' }],
  ['of high risk', { risk: 'high' }],
  ['that needs two approvals', { approvalsNeeded: 2 }],
  ['of an environment that is not named', { environment: 'prod' }],
  ['of another kind', { kinds: ['other'] }],
  ['that holds a change of another kind', { kinds: ['dns_ntp', 'other'] }],
  ['of one device too many', { deviceCount: 6 }],
  ['of somebody who is not named', { requester: { sub: 'vera', roles: ['viewer', 'approver', 'admin'] } }],
])('a plan %s is left to people', (_, given) => {
  expect(autoApprovalOf(rules(), { ...FACTS, ...given })).toBeNull();
});

test('prod takes an explicit word', () => {
  expect(problemsOf({ environments: ['prod'] })).toEqual([
    'autoApproval.clocks.environments names prod, which takes "allowProd: true" beside it.',
  ]);
  const prod = rules({ environments: ['prod'], allowProd: true });
  expect(autoApprovalOf(prod, { ...FACTS, environment: 'prod' })).toBe('clocks');
});

test('a rule with a window holds while it is open, and names one that is there', () => {
  const policy = rules({ window: 'nights' });
  expect(autoApprovalOf(policy, FACTS)).toBeNull();
  expect(autoApprovalOf(policy, { ...FACTS, atMs: Date.parse('2027-01-02T23:00:00.000Z') })).toBe('clocks');
  expect(problemsOf({ window: 'nights' })[0]).toMatch(
    /^autoApproval\.clocks\.window: given "nights", allowed is the name/,
  );
});

test('what cannot be said of a rule is refused by name', () => {
  expect(problemsOf({ highestRisk: 'medium' })[0]).toContain('autoApproval.clocks.highestRisk: given "medium"');
  expect(problemsOf({ requesters: {} })[0]).toContain('names nobody');
  expect(problemsOf({ planKinds: ['nonsense'] })[0]).toContain('autoApproval.clocks.planKinds');
  expect(problemsOf({ approver: 'me' })[0]).toContain('autoApproval.clocks.approver is not known here');
});
