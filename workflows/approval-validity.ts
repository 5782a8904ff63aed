import type { Approval } from '../shared/domain/plan.ts';

const HOUR_MS = 60 * 60 * 1000;

/** What decides how long approvals hold. */
export interface ApprovalFacts {
  approvals: readonly Pick<Approval, 'at' | 'decision'>[];
  /** By the policy when the plan was prepared; undefined in histories of versions in which approvals held for ever. */
  validHours: number | undefined;
  /** The start that the plan asks for, ISO 8601. */
  notBefore: string | undefined;
  /** When the window opens that the approved plan first waited for, milliseconds since the epoch; null when for none. */
  opensAtMs: number | null;
}

/**
 * Until when the approvals hold, milliseconds since the epoch; infinity where they hold for ever. Counted from the last
 * vote, or from when the plan could first begin: who approves a change for Saturday night means that night. A window that is
 * moved afterwards moves nothing. Pure.
 */
export function approvalEndsAtMs({ approvals, validHours, notBefore, opensAtMs }: ApprovalFacts): number {
  const votedAtMs = approvals.flatMap(({ at, decision }) => (decision === 'approve' ? [Date.parse(at)] : []));
  if (validHours === undefined || votedAtMs.length === 0) return Number.POSITIVE_INFINITY;
  const startsAtMs = notBefore === undefined ? 0 : Date.parse(notBefore);
  return Math.max(...votedAtMs, startsAtMs, opensAtMs ?? 0) + validHours * HOUR_MS;
}
