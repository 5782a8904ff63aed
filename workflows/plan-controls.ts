import type { AttributedSignal, PlanSignal } from '../shared/contract/plan-messages.ts';
import { WEB_SUBJECT } from '../shared/contract/plan-messages.ts';
import type { PlanStatus } from '../shared/domain/plan.ts';
import type { ErrorCode } from '../shared/errors/codes.ts';

type Control = Exclude<PlanSignal, 'approve' | 'reject'>;

/** In which statuses a control means something, and who may send it. */
export const CONTROL_RULES = {
  cancel: { from: ['awaiting_approval', 'approved'], roles: ['operator', 'admin'] },
  apply: { from: ['approved'], roles: ['operator', 'admin'] },
  pause: { from: ['rolling_out'], roles: ['operator', 'approver', 'admin'] },
  resume: { from: ['paused'], roles: ['operator', 'admin'] },
  abort: { from: ['rolling_out', 'paused'], roles: ['operator', 'approver', 'admin'] },
  rollback: { from: ['rolling_out', 'paused', 'failed', 'completed'], roles: ['operator', 'approver', 'admin'] },
} as const satisfies Record<Control, { from: readonly PlanStatus[]; roles: readonly string[] }>;

/** Why a control signal is refused, or null. Pure. */
export function controlAllowed(signal: AttributedSignal, status: PlanStatus): ErrorCode | null {
  const rule: { from: readonly PlanStatus[]; roles: readonly string[] } = CONTROL_RULES[signal.signal as Control];
  if (signal.by === null) return 'APPROVAL_INVALID';
  if (signal.malformed !== null) return 'VALIDATION_ERROR';
  // The web process has authorized the person it speaks for; everybody else is looked up.
  if (signal.via !== 'web' && !signal.roles.some((role) => rule.roles.includes(role))) return 'FORBIDDEN';
  if (signal.by === WEB_SUBJECT) return 'APPROVAL_INVALID';
  return rule.from.includes(status) ? null : 'PLAN_STATE_CONFLICT';
}
