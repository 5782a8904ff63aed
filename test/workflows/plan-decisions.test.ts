import { describe, expect, it } from 'vitest';
import type { AttributedSignal, SignalLog } from '../../shared/contract/plan-messages.ts';
import { countVotes, NO_VOTES, type Ballot } from '../../workflows/plan-decisions.ts';

const DIGEST = 'a'.repeat(64);
const BALLOT: Ballot = {
  digest: DIGEST,
  approvalsNeeded: 1,
  expiresAtMs: Date.parse('2026-01-02T00:00:00Z'),
};

function vote(overrides: Partial<AttributedSignal> = {}): AttributedSignal {
  return {
    eventId: 10,
    at: '2026-01-01T00:00:00Z',
    signal: 'approve',
    by: 'anna',
    byName: 'anna@example.test',
    isRequester: false,
    via: 'temporal-ui',
    roles: ['approver'],
    digest: DIGEST,
    comment: '',
    malformed: null,
    ...overrides,
  };
}

function logOf(signals: AttributedSignal[], overrides: Partial<SignalLog> = {}): SignalLog {
  return { startedBy: 'svc-web', wasReset: false, signals, ...overrides };
}

describe('counting votes', () => {
  it('approves when an approver who did not ask names the right digest in time', () => {
    const votes = countVotes(NO_VOTES, logOf([vote()]), BALLOT);
    expect(votes).toMatchObject({ outcome: 'approved', refused: [], lastEventId: 10 });
    expect(votes.approvals).toMatchObject([{ by: 'anna', decision: 'approve', via: 'temporal-ui' }]);
  });

  it.each<[string, string, AttributedSignal, Partial<SignalLog>]>([
    ['a signal without a proven sender', 'APPROVAL_INVALID', vote({ by: null }), {}],
    ["a service's own token", 'APPROVAL_INVALID', vote({ by: 'svc-worker', roles: ['approver'] }), {}],
    ['a plan that the front end did not start', 'APPROVAL_INVALID', vote(), { startedBy: 'mallory' }],
    ['a plan whose starter is unknown', 'APPROVAL_INVALID', vote(), { startedBy: null }],
    ['a run made by a reset', 'APPROVAL_VOID_AFTER_RESET', vote(), { wasReset: true }],
    ['an input of the wrong shape', 'APPROVAL_MALFORMED', vote({ malformed: 'digest: required', digest: null }), {}],
    ['a vote without a digest', 'APPROVAL_MALFORMED', vote({ digest: null }), {}],
    ['a vote after the deadline', 'PLAN_EXPIRED', vote({ at: '2026-01-02T00:00:01Z' }), {}],
    ['another digest', 'APPROVAL_DIGEST_MISMATCH', vote({ digest: 'b'.repeat(64) }), {}],
    ['a person who is no approver', 'APPROVAL_ROLE_MISSING', vote({ roles: ['operator'] }), {}],
    ['the requester', 'APPROVAL_BY_REQUESTER', vote({ isRequester: true }), {}],
  ])('refuses %s', (_, code, signal, log) => {
    const votes = countVotes(NO_VOTES, logOf([signal], log), BALLOT);
    expect(votes.outcome).toBe('open');
    expect(votes.approvals).toEqual([]);
    expect(votes.refused).toMatchObject([{ code, eventId: 10 }]);
    expect(votes.refused[0]?.message).not.toBe('');
  });

  it.each(['approve', 'reject'] as const)('refuses to %s without saying why where votes must', (signal) => {
    const ballot = { ...BALLOT, commentRequired: true };
    const silent = countVotes(NO_VOTES, logOf([vote({ signal, comment: ' \n' })]), ballot);
    expect(silent.refused).toMatchObject([{ code: 'APPROVAL_COMMENT_REQUIRED' }]);
    const again = countVotes(silent, logOf([vote({ signal, comment: 'because', eventId: 11 })]), ballot);
    expect(again.outcome).toBe(signal === 'approve' ? 'approved' : 'rejected');
  });

  it('counts one person once, under however many subjects', () => {
    const ballot = { ...BALLOT, approvalsNeeded: 2 };
    const email = 'anna@example.test';
    const votes = [vote({ email }), vote({ eventId: 11, by: 'anna-at-the-terminal', email })];
    const once = countVotes(NO_VOTES, logOf(votes), ballot);
    expect(once).toMatchObject({ outcome: 'open', refused: [{ code: 'APPROVAL_DUPLICATE', eventId: 11 }] });
    expect(once.approvals).toHaveLength(1);
    // Those of whom no address is known are told apart by their subjects alone.
    const unknown = [vote({ email: null }), vote({ eventId: 11, by: 'bert', email: null })];
    expect(countVotes(NO_VOTES, logOf(unknown), ballot).outcome).toBe('approved');
    const after = countVotes(once, logOf([vote({ eventId: 12, by: 'bert', email: 'bert@example.test' })]), ballot);
    expect(after.outcome).toBe('approved');
  });

  it('needs as many different people as the risk demands', () => {
    const ballot = { ...BALLOT, approvalsNeeded: 2 };
    const once = countVotes(NO_VOTES, logOf([vote(), vote({ eventId: 11 })]), ballot);
    expect(once.outcome).toBe('open');
    expect(once.refused).toMatchObject([{ code: 'APPROVAL_DUPLICATE', eventId: 11 }]);
    const twice = countVotes(once, logOf([vote({ eventId: 12, by: 'bert' })]), ballot);
    expect(twice.outcome).toBe('approved');
  });

  it('lets the first rejection win over approvals that come later', () => {
    const votes = countVotes(NO_VOTES, logOf([vote({ signal: 'reject' }), vote({ eventId: 11, by: 'bert' })]), BALLOT);
    expect(votes.outcome).toBe('rejected');
    expect(votes.refused).toMatchObject([{ code: 'PLAN_STATE_CONFLICT' }]);
  });

  it('lets the requester reject their own wish when they hold the role', () => {
    const own = vote({ isRequester: true, signal: 'reject' });
    expect(countVotes(NO_VOTES, logOf([own]), BALLOT).outcome).toBe('rejected');
  });

  it('counts a signal once, however often it is read', () => {
    const ballot = { ...BALLOT, approvalsNeeded: 2 };
    const log = logOf([vote()]);
    const votes = countVotes(countVotes(NO_VOTES, log, ballot), log, ballot);
    expect(votes.approvals).toHaveLength(1);
    expect(votes.refused).toEqual([]);
  });

  it('throws away votes that were counted before a reset', () => {
    const ballot = { ...BALLOT, approvalsNeeded: 2 };
    const before = countVotes(NO_VOTES, logOf([vote()]), ballot);
    const after = countVotes(before, logOf([vote({ eventId: 20, by: 'bert' })], { wasReset: true }), ballot);
    expect(after.approvals).toEqual([]);
    expect(after.outcome).toBe('open');
  });

  it('leaves control signals to others but remembers having read them', () => {
    const votes = countVotes(NO_VOTES, logOf([vote({ signal: 'pause', digest: null })]), BALLOT);
    expect(votes).toMatchObject({ approvals: [], refused: [], lastEventId: 10 });
  });
});
