import type { PlanStatus } from '../../shared/domain/plan.ts';
import type { Role } from '../../shared/domain/principal.ts';
import type { GatewaySignal } from './requests.ts';

type Control = Exclude<GatewaySignal, 'approve' | 'reject'>;

/** Who may decide on plans. */
export const DECIDING_ROLES: readonly Role[] = ['approver', 'admin'];

/** In which statuses a control means something and who may send it, as the plan's workflow will see it again. */
export const CONTROL_RULES = {
  pause: { from: ['rolling_out'], roles: ['operator', 'approver', 'admin'] },
  resume: { from: ['paused'], roles: ['operator', 'admin'] },
  abort: { from: ['rolling_out', 'paused'], roles: ['operator', 'approver', 'admin'] },
  rollback: { from: ['rolling_out', 'paused', 'failed', 'completed'], roles: ['operator', 'approver', 'admin'] },
} as const satisfies Record<Control, { from: readonly PlanStatus[]; roles: readonly Role[] }>;
