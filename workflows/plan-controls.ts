import type { AttributedSignal, PlanSignal } from '../shared/contract/plan-messages.ts';
import { WEB_SUBJECT } from '../shared/contract/plan-messages.ts';
import type { PlanStatus } from '../shared/domain/plan.ts';
import { PLAN_CONTROLS, type PlanControl } from '../shared/domain/plan-controls.ts';
import type { ErrorCode } from '../shared/errors/codes.ts';

/** Why a control signal is refused, or null. Pure. */
export function controlAllowed(signal: AttributedSignal, status: PlanStatus): ErrorCode | null {
  const rule: PlanControl = PLAN_CONTROLS[signal.signal as Exclude<PlanSignal, 'approve' | 'reject'>];
  if (signal.by === null) return 'APPROVAL_INVALID';
  if (signal.malformed !== null) return 'VALIDATION_ERROR';
  // The web process has authorized the person it speaks for; everybody else is looked up.
  if (signal.via !== 'web' && !rule.roles.some((role) => signal.roles.includes(role))) return 'FORBIDDEN';
  if (signal.by === WEB_SUBJECT) return 'APPROVAL_INVALID';
  return rule.from.includes(status) ? null : 'PLAN_STATE_CONFLICT';
}
