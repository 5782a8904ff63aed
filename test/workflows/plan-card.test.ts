import { expect, test } from 'vitest';
import { RolloutOptions } from '../../shared/domain/plan.ts';
import type { PlanWorkflowInput, PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { planCard } from '../../workflows/plan-card.ts';
import { NO_VOTES } from '../../workflows/plan-decisions.ts';

/** Node refuses requests whose head is larger than 16 KiB; a session's cookie takes up to 4 of them. */
const HEAD_BYTES = 12 * 1024;

const input: PlanWorkflowInput = {
  planId: 'pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC',
  kind: 'dns_ntp',
  environment: 'prod',
  deviceIds: [],
  rollout: RolloutOptions.parse({}),
  requestedBy: 'olga',
  requestedByName: 'olga@example.test',
  expiresAt: '2026-11-27T20:00:00.000Z',
};
const prepared: PreparedPlan = {
  planId: input.planId,
  digest: 'a'.repeat(64),
  risk: 'high',
  riskReasons: ['production devices are changed', '120 devices'],
  approvalsNeeded: 2,
  approvalCommentRequired: true,
  toChange: 120,
  skipped: 3,
  deviceIds: [],
  preChecks: [
    { check: 'reachable', result: 'ok', message: 'All answered.', devices: [] },
    { check: 'healthy', result: 'warning', message: '2 devices | `are` degraded.', devices: [] },
  ],
  diffMarkdown: '| `/ip/dns servers` | `1.1.1.1` | `9.9.9.9` |\n'.repeat(65),
};

test('the card says who, what, where, why it is dangerous, what happens on failure, and how to decide; and fits a URL', () => {
  const facts = { input, prepared, votes: NO_VOTES, statusReason: null, approvalValidUntil: null };
  const card = planCard({ ...facts, status: 'awaiting_approval' });
  expect(card).toContain('| Risk | **high** because: production devices are changed, 120 devices |');
  expect(card).toMatch(/\| Read first \| `2 devices +are +degraded\.` \|/);
  expect(card).not.toContain('All answered.');
  expect(card).toContain('A canary of 1 device, then batches of 5');
  expect(card).toContain('If any device fails, its batch is put back and the rollout pauses');
  expect(card).toContain('until 24 hours after it has ended');
  expect(card).toContain(`\`/plans/${input.planId}\``);
  expect(card).toContain('(the comment must say why)');
  expect(encodeURIComponent(card).length).toBeLessThan(HEAD_BYTES);
  const approved = planCard({ ...facts, status: 'approved', approvalValidUntil: '2026-11-30T20:00:00.000Z' });
  expect(approved).toContain('| Approvals | 0 of 2, valid until 2026-11-30T20:00:00.000Z |');
  // Once it has begun, what would happen makes room for what did.
  const running = planCard({ ...facts, status: 'paused', statusReason: 'x'.repeat(2_000) });
  expect(running).not.toContain('If it fails');
  expect(running).toContain('x…`');
  expect(encodeURIComponent(running).length).toBeLessThan(HEAD_BYTES);
});
