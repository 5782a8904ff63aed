import { RolloutOptions } from '../../shared/domain/plan.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';

/** A plan that waits for people, as it is stored; what a test is about it gives itself. */
export function storedPlan(given: Partial<StoredPlan>): StoredPlan {
  return {
    planId: 'pln_01JZZZZZZZZZZZZZZZZZZZZZZA',
    kind: 'dns_ntp',
    input: {},
    status: 'awaiting_approval',
    statusReason: null,
    environment: 'lab',
    risk: 'high',
    riskReasons: ['production'],
    digest: 'a'.repeat(64),
    requestedBy: 'olga',
    requestedByName: 'olga',
    comment: '',
    createdAt: '2027-01-02T12:00:00.000Z',
    expiresAt: '2027-01-03T12:00:00.000Z',
    approvals: [],
    approvalsNeeded: 2,
    approvalCommentRequired: false,
    approvalValidHours: 72,
    approvalValidUntil: null,
    refusedDecisions: [],
    rollout: RolloutOptions.parse({}),
    rollbackUntil: null,
    estimatedEndAt: null,
    preChecks: [],
    replaces: null,
    replacedBy: null,
    devices: [],
    revision: 1,
    ...given,
  };
}
