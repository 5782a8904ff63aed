import { expect, test } from 'vitest';
import { checkSignal, type SignalFacts } from '../../../mcp-server/gateway/check-signal.ts';
import { AppError } from '../../../shared/errors/app-error.ts';

const DIGEST = 'ab'.repeat(32);

/** A plan that waits for approval, and an approver who may decide on it. */
function facts(
  change: Partial<Omit<SignalFacts, 'plan' | 'person'>> & {
    plan?: Partial<SignalFacts['plan']>;
    person?: Partial<SignalFacts['person']>;
  } = {},
): SignalFacts {
  return {
    signal: 'approve',
    digest: DIGEST,
    comment: '',
    requesterEmail: 'otto@example.net',
    voterEmails: [],
    nowMs: Date.parse('2026-11-24T10:00:00Z'),
    ...change,
    person: { sub: 'ada', roles: ['approver'], email: 'ada@example.net', ...change.person },
    plan: {
      planId: 'pln_1',
      status: 'awaiting_approval',
      digest: DIGEST,
      requestedBy: 'otto',
      expiresAt: '2026-11-24T11:00:00Z',
      approvals: [],
      approvalCommentRequired: false,
      approvalValidHours: 72,
      approvalValidUntil: null,
      ...change.plan,
    },
  };
}

const OPERATOR: Partial<SignalFacts['person']> = { sub: 'o', roles: ['operator'] };

function codeOf(given: SignalFacts): string | null {
  try {
    checkSignal(given);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const vote = { by: 'ada', at: '2026-11-24T09:00:00Z', decision: 'approve', via: 'cli', comment: '' } as const;

test.each<[string, string | null, SignalFacts]>([
  ['an approver approves', null, facts()],
  ['an administrator approves', null, facts({ person: { sub: 'amir', roles: ['admin'] } })],
  ['an approver rejects', null, facts({ signal: 'reject' })],
  [
    'somebody approves who has voted under another subject',
    'APPROVAL_DUPLICATE',
    facts({ voterEmails: ['ADA@example.net'], plan: { approvals: [{ ...vote, by: 'ada-elsewhere' }] } }),
  ],
  [
    'somebody approves after another',
    null,
    facts({ voterEmails: ['bert@example.net'], plan: { approvals: [{ ...vote, by: 'bert' }] } }),
  ],
  [
    'an approver does not say why where they must',
    'APPROVAL_COMMENT_REQUIRED',
    facts({ comment: '  ', plan: { approvalCommentRequired: true } }),
  ],
  [
    'an approver rejects without saying why where they must',
    'APPROVAL_COMMENT_REQUIRED',
    facts({ signal: 'reject', plan: { approvalCommentRequired: true } }),
  ],
  [
    'an approver says why where they must',
    null,
    facts({ comment: 'read it', plan: { approvalCommentRequired: true } }),
  ],
  ['an operator approves', 'APPROVAL_ROLE_MISSING', facts({ person: { sub: 'olga', roles: ['operator'] } })],
  [
    'an auditor rejects',
    'APPROVAL_ROLE_MISSING',
    facts({ signal: 'reject', person: { sub: 'a', roles: ['auditor'] } }),
  ],
  ['the requester approves', 'APPROVAL_BY_REQUESTER', facts({ person: { sub: 'otto', roles: ['approver'] } })],
  ['the requester rejects', null, facts({ signal: 'reject', person: { sub: 'otto', roles: ['approver'] } })],
  [
    'the requester approves under another subject',
    'APPROVAL_BY_REQUESTER',
    facts({ person: { email: 'Otto@Example.NET' } }),
  ],
  ['that person rejects', null, facts({ signal: 'reject', person: { email: 'otto@example.net' } })],
  ['two people whose e-mail nobody knows', null, facts({ person: { email: null }, requesterEmail: null })],
  ['another digest', 'APPROVAL_DIGEST_MISMATCH', facts({ digest: 'cd'.repeat(32) })],
  ['a second vote', 'APPROVAL_DUPLICATE', facts({ plan: { approvals: [vote] } })],
  [
    'a second vote after the decision',
    'APPROVAL_DUPLICATE',
    facts({ plan: { approvals: [vote], status: 'completed' } }),
  ],
  ['after the deadline', 'PLAN_EXPIRED', facts({ plan: { expiresAt: '2026-11-24T10:00:00Z' } })],
  ['of an expired plan', 'PLAN_EXPIRED', facts({ plan: { status: 'expired' } })],
  ['while it is prepared', 'PLAN_STATE_CONFLICT', facts({ plan: { status: 'preparing' } })],
  ['after somebody rejected', 'PLAN_STATE_CONFLICT', facts({ plan: { status: 'rejected' } })],
  ['a pause while it rolls out', null, facts({ signal: 'pause', digest: null, plan: { status: 'rolling_out' } })],
  ['a pause before that', 'PLAN_STATE_CONFLICT', facts({ signal: 'pause', digest: null })],
  ['an auditor pauses', 'FORBIDDEN', facts({ signal: 'pause', person: { sub: 'a', roles: ['auditor'] } })],
  ['an approver resumes', 'FORBIDDEN', facts({ signal: 'resume', plan: { status: 'paused' } })],
  [
    'an operator resumes',
    null,
    facts({ signal: 'resume', person: { sub: 'o', roles: ['operator'] }, plan: { status: 'paused' } }),
  ],
  [
    'a retry of failed devices in time',
    null,
    facts({
      signal: 'retry',
      person: OPERATOR,
      plan: { status: 'failed', approvalValidUntil: '2026-11-24T10:00:01Z' },
    }),
  ],
  [
    'a retry after the approval has lapsed',
    'PLAN_EXPIRED',
    facts({
      signal: 'retry',
      person: OPERATOR,
      plan: { status: 'failed', approvalValidUntil: '2026-11-24T10:00:00Z' },
    }),
  ],
  ['a rollback of a completed plan', null, facts({ signal: 'rollback', plan: { status: 'completed' } })],
  ['a rollback of a rejected one', 'PLAN_STATE_CONFLICT', facts({ signal: 'rollback', plan: { status: 'rejected' } })],
])('%s: %s', (_what, code, given) => {
  expect(codeOf(given)).toBe(code);
});

test('says what state the plan is in and which would do', () => {
  const given = facts({ signal: 'abort', digest: null, plan: { status: 'completed' } });
  expect(() => checkSignal(given)).toThrow(
    'The plan is completed; abort is possible only while it is rolling out, paused.',
  );
});
