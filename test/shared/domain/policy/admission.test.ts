import { expect, test } from 'vitest';
import {
  approvalsNeeded,
  planAllowed,
  writeAllowed,
  writeEverAllowed,
  type PlanFacts,
  type WriteFacts,
} from '../../../../shared/domain/policy/admission.ts';
import { DEFAULT_POLICY } from '../../../../shared/domain/policy/policy.ts';
import { policyRefused } from '../../../../shared/domain/policy/policy-refusal.ts';
import { CORE, EDGE, LAB, policyOf } from './policy-of.ts';

const WEDNESDAY_NOON = Date.parse('2026-06-03T12:00:00Z');
const WRITE: WriteFacts = { toolset: 'dns', flags: ['allowAdvancedWrites'], target: CORE, comment: '' };
const PLAN: PlanFacts = {
  environment: 'prod',
  kinds: ['dns_ntp'],
  flags: ['allowProfessionalWorkflows'],
  deviceCount: 2,
  targets: [CORE, EDGE],
  comment: '',
};
const prod = (rule: Record<string, unknown>) => ({ environments: { prod: rule } });
const onCore = (rule: Record<string, unknown>) => ({
  capabilities: { core: { appliesTo: { tags: ['core'] }, ...rule } },
});

interface Case {
  rule: string;
  policy: Record<string, unknown>;
  write?: Partial<WriteFacts>;
  plan?: Partial<PlanFacts>;
  says: string;
  hint: string;
}

/** Every rule once, with the sentence whoever is refused reads. */
const CASES: Case[] = [
  {
    rule: 'environments.prod.singleDeviceWrites',
    policy: prod({ singleDeviceWrites: false }),
    write: {},
    says: 'Devices in prod are changed by plans only. (rule environments.prod.singleDeviceWrites)',
    hint: 'Propose the change with a plan_ tool, also for one device.',
  },
  {
    rule: 'environments.prod.toolsets',
    policy: prod({ toolsets: ['system', 'interfaces'] }),
    write: {},
    says: 'Tools of the toolset dns do not write in prod; those of system, interfaces do. (rule environments.prod.toolsets)',
    hint: 'Leave this change to people.',
  },
  {
    rule: 'environments.prod.commentRequired',
    policy: prod({ commentRequired: true }),
    write: { comment: '  ' },
    says: 'Changes in prod must say why. (rule environments.prod.commentRequired)',
    hint: 'Give the reason in "comment".',
  },
  {
    rule: 'environments.prod.commentRequired',
    policy: prod({ commentRequired: true }),
    plan: {},
    says: 'Changes in prod must say why. (rule environments.prod.commentRequired)',
    hint: 'Give the reason in "comment".',
  },
  {
    rule: 'environments.prod.planKinds',
    policy: prod({ planKinds: ['firewall'] }),
    plan: {},
    says: 'Plans of the kind dns_ntp are not made in prod; only firewall is allowed there. (rule environments.prod.planKinds)',
    hint: 'Leave this change to people.',
  },
  {
    rule: 'environments.prod.maxPlanDevices',
    policy: prod({ maxPlanDevices: 1 }),
    plan: {},
    says: 'A plan in prod covers at most 1 devices; this one covers 2. (rule environments.prod.maxPlanDevices)',
    hint: 'Split the change into several plans.',
  },
  {
    rule: 'environments.prod.minApprovals',
    policy: prod({ minApprovals: 2 }),
    plan: { approvals: 1 },
    says: 'Plans in prod need 2 approvals by now; this one has 1. (rule environments.prod.minApprovals)',
    hint: 'Propose it anew, so that more people decide on it.',
  },
  {
    rule: 'capabilities.core',
    policy: onCore({ withoutFlags: ['allowAdvancedWrites'], reason: 'They carry everything.' }),
    write: {},
    says: 'On core-1 the flag allowAdvancedWrites does not count: They carry everything. (rule capabilities.core)',
    hint: 'Leave these devices out, or leave the change to people.',
  },
  {
    rule: 'capabilities.core',
    policy: onCore({ withoutToolsets: ['dns'] }),
    write: {},
    says: 'On core-1 tools of the toolset dns do not write. (rule capabilities.core)',
    hint: 'Leave these devices out, or leave the change to people.',
  },
  {
    rule: 'capabilities.core',
    policy: onCore({ withoutPlanKinds: ['dns_ntp'] }),
    plan: {},
    says: 'On core-1 plans of the kind dns_ntp are not carried out. (rule capabilities.core)',
    hint: 'Leave these devices out, or leave the change to people.',
  },
  {
    rule: 'windows.night',
    policy: { windows: { night: { appliesTo: { all: true }, timeZone: 'UTC', from: '22:00', to: '24:00' } } },
    write: {},
    says: 'core-1 may not be changed now. The maintenance window "night" (every day, 22:00 to 24:00 in UTC) is closed. (rule windows.night)',
    hint: 'Changes are possible from 2026-06-03T22:00:00.000Z on; a plan that is approved before waits for it.',
  },
  {
    rule: 'freezes.sales',
    policy: {
      freezes: { sales: { appliesTo: { all: true }, timeZone: 'UTC', firstDay: '2026-06-01', lastDay: '2026-06-10' } },
    },
    write: {},
    says: 'core-1 may not be changed now. The freeze "sales" lasts from 2026-06-01 to 2026-06-10 in UTC. (rule freezes.sales)',
    hint: 'Changes are possible from 2026-06-11T00:00:00.000Z on; a plan that is approved before waits for it.',
  },
];

test.each(CASES)('$rule refuses: $says', ({ rule, policy: content, write, plan, says, hint }) => {
  const policy = policyOf(content);
  const refusal =
    write === undefined
      ? planAllowed(policy, { ...PLAN, ...plan })
      : writeAllowed(policy, { ...WRITE, ...write }, WEDNESDAY_NOON);
  expect(policyRefused(refusal!)).toMatchObject({ code: 'POLICY_REFUSED', message: says, hint, details: { rule } });
});

test.each(CASES)('$rule lets pass what it is not about', ({ policy: content, write }) => {
  const policy = policyOf(content);
  if ('windows' in content || 'freezes' in content) return;
  const elsewhere = { environment: 'lab', targets: [LAB], approvals: 1 } as const;
  expect(planAllowed(policy, { ...PLAN, ...elsewhere })).toBeNull();
  expect(writeAllowed(policy, { ...WRITE, ...write, target: LAB }, WEDNESDAY_NOON)).toBeNull();
});

test('without a policy file nothing is refused', () => {
  expect(writeAllowed(DEFAULT_POLICY, WRITE, WEDNESDAY_NOON)).toBeNull();
  expect(planAllowed(DEFAULT_POLICY, { ...PLAN, approvals: 1 })).toBeNull();
});

test('a dry run is not kept from answering by a closed window, only by what never is allowed', () => {
  const policy = policyOf({
    windows: { night: { appliesTo: { all: true }, timeZone: 'UTC', from: '22:00', to: '24:00' } },
    ...prod({ toolsets: ['dns'] }),
  });
  expect(writeEverAllowed(policy, WRITE)).toBeNull();
  expect(writeEverAllowed(policy, { ...WRITE, toolset: 'system' })).toMatchObject({
    rule: 'environments.prod.toolsets',
  });
});

test('a policy raises the approvals that the risk demands, and never lowers them', () => {
  const policy = policyOf(prod({ minApprovals: 2 }));
  expect([
    approvalsNeeded(policy, 'prod', 1),
    approvalsNeeded(policy, 'prod', 3),
    approvalsNeeded(policy, 'lab', 1),
  ]).toEqual([2, 3, 1]);
});
