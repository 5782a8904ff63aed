import type { AttributedSignal, SignalLog } from '../shared/contract/plan-messages.ts';
import { WEB_SUBJECT } from '../shared/contract/plan-messages.ts';
import type { Approval, RefusedDecision } from '../shared/domain/plan.ts';
import { DECIDING_ROLES } from '../shared/domain/plan-controls.ts';
import { ERROR_CODES, type ErrorCode } from '../shared/errors/codes.ts';

/** What is being decided on, and by when. */
export interface Ballot {
  digest: string;
  approvalsNeeded: number;
  /** A vote must say why. Default false. */
  commentRequired?: boolean | undefined;
  /** Milliseconds since the epoch. */
  expiresAtMs: number;
}

export interface Votes {
  approvals: Approval[];
  /** Of those whose votes count, where known. */
  voterEmails: string[];
  refused: RefusedDecision[];
  outcome: 'open' | 'approved' | 'rejected';
  /** Last event looked at, so that no signal counts twice. */
  lastEventId: number;
}

/** Refused decisions a plan shows; the audit trail keeps all. */
const REFUSED_KEPT = 20;

export const NO_VOTES: Votes = { approvals: [], voterEmails: [], refused: [], outcome: 'open', lastEventId: 0 };

/**
 * Counts the approve and reject signals of a log, in the order the server received them. Believes only the subject that
 * the server stamped. Pure, so that every rule is a table test.
 */
export function countVotes(votes: Votes, log: SignalLog, ballot: Ballot): Votes {
  let next: Votes = log.wasReset ? { ...votes, approvals: [], voterEmails: [], outcome: 'open' } : votes;
  for (const signal of log.signals) {
    if (signal.eventId <= next.lastEventId) continue;
    next = { ...next, lastEventId: signal.eventId };
    if (signal.signal !== 'approve' && signal.signal !== 'reject') continue;
    const refusal = refusalOf(next, log, signal, ballot);
    next = refusal
      ? { ...next, refused: [...next.refused, refused(signal, refusal)].slice(-REFUSED_KEPT) }
      : withVote(next, signal, ballot);
  }
  return next;
}

/** The votes that stand before anybody has decided: those of the policy. Pure. */
export function votesOf(approvals: Approval[], approvalsNeeded: number): Votes {
  return { ...NO_VOTES, approvals, outcome: outcomeOf(approvals, approvalsNeeded) };
}

function outcomeOf(approvals: readonly Approval[], approvalsNeeded: number): 'open' | 'approved' {
  const inFavour = approvals.filter((approval) => approval.decision === 'approve').length;
  return inFavour >= approvalsNeeded ? 'approved' : 'open';
}

function withVote(votes: Votes, signal: AttributedSignal, ballot: Ballot): Votes {
  const decision = signal.signal === 'reject' ? 'reject' : 'approve';
  const approvals: Approval[] = [
    ...votes.approvals,
    { by: signal.by ?? '', at: signal.at, decision, via: viaOf(signal), comment: signal.comment },
  ];
  const voterEmails = [...votes.voterEmails, signal.email ?? []].flat();
  const outcome = decision === 'reject' ? 'rejected' : outcomeOf(approvals, ballot.approvalsNeeded);
  return { ...votes, approvals, voterEmails, outcome };
}

/** The first rule a decision breaks, or null when it counts. */
function refusalOf(votes: Votes, log: SignalLog, signal: AttributedSignal, ballot: Ballot): ErrorCode | null {
  if (log.startedBy !== WEB_SUBJECT) return 'APPROVAL_INVALID';
  if (log.wasReset) return 'APPROVAL_VOID_AFTER_RESET';
  if (signal.by === null || signal.by.startsWith('svc-')) return 'APPROVAL_INVALID';
  if (signal.malformed !== null || signal.digest === null) return 'APPROVAL_MALFORMED';
  if (Date.parse(signal.at) > ballot.expiresAtMs) return 'PLAN_EXPIRED';
  if (signal.digest !== ballot.digest) return 'APPROVAL_DIGEST_MISMATCH';
  if (ballot.commentRequired && signal.comment.trim() === '') return 'APPROVAL_COMMENT_REQUIRED';
  if (!DECIDING_ROLES.some((role) => signal.roles.includes(role))) return 'APPROVAL_ROLE_MISSING';
  // Whoever asked may take the wish back, but not grant it.
  if (signal.signal === 'approve' && signal.isRequester) return 'APPROVAL_BY_REQUESTER';
  if (hasVoted(votes, signal)) return 'APPROVAL_DUPLICATE';
  if (votes.outcome !== 'open') return 'PLAN_STATE_CONFLICT';
  return null;
}

/** Also under another subject: providers may give one person several, and the e-mail tells them together. */
function hasVoted({ approvals, voterEmails }: Votes, { by, email }: AttributedSignal): boolean {
  return (
    approvals.some((approval) => approval.by === by) ||
    (email !== null && email !== undefined && voterEmails.includes(email))
  );
}

function refused(signal: AttributedSignal, code: ErrorCode): RefusedDecision {
  return {
    eventId: signal.eventId,
    by: signal.by,
    at: signal.at,
    decision: signal.signal,
    code,
    message: signal.malformed ?? ERROR_CODES[code].public,
  };
}

function viaOf(signal: AttributedSignal): Approval['via'] {
  return signal.via === 'web' ? 'console' : signal.via;
}
