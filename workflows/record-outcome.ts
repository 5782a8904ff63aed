import { CancellationScope, patched } from '@temporalio/workflow';
import type { DeviceChangeInput, DeviceChangeResult } from '../shared/contract/device-messages.ts';
import type { PlanWorkflowInput } from '../shared/contract/plan-messages.ts';
import { ERROR_CODES } from '../shared/errors/codes.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import type { WorkflowAudit } from '../shared/contract/fleet-activities.ts';
import { shortWork } from './activity-options.ts';

/**
 * Completes the audit record of what asked for the change: a call, or a rollout or rollback. Those do the same under the same
 * key: whoever comes first writes it, so there is one outcome, also when the front end died or the rollout was terminated
 * meanwhile.
 */
export async function recordOutcome(input: DeviceChangeInput, result: DeviceChangeResult): Promise<void> {
  const { deviceId, cause } = input;
  if (cause.by === 'plan') return recordOfPlan(input, result);
  if (cause.callId === undefined || !patched('audit-outcome')) return;
  const { callId, operation, requestedBy, correlationId } = cause;
  await record({
    key: `call/${callId}/outcome`,
    action: operation,
    actor: requestedBy,
    deviceId,
    operation,
    // The call's own in front of what makes the write's identity.
    correlationId: correlationId.slice(0, -`/${callId}`.length),
    ...outcomeOf(result),
    details: { result: result.outcome },
  });
}

async function recordOfPlan({ deviceId, cause }: DeviceChangeInput, result: DeviceChangeResult): Promise<void> {
  // What was held back has its turn again, or is recorded as such by whoever asked.
  if (cause.by !== 'plan' || cause.auditKey === undefined || result.isHeld) return;
  const { planId, direction, auditKey } = cause;
  await record({
    key: `${auditKey}/outcome`,
    action: direction === 'apply' ? 'device.change' : 'device.rollback',
    actor: 'svc-worker',
    planId,
    deviceId,
    ...outcomeOfPlan(result),
    details: { result: result.outcome },
  });
}

/** What came of one device of a plan; whoever writes it writes the same. */
export function outcomeOfPlan({
  outcome,
  error,
  isHeld,
}: DeviceChangeResult): Pick<WorkflowAudit, 'outcome' | 'code' | 'message'> {
  const ended = error === null ? 'ok' : 'failed';
  const known = outcome === 'unknown' ? 'unknown' : ended;
  return { outcome: isHeld ? 'refused' : known, code: error?.code, message: error?.message };
}

/** Completes the audit record of the proposal, as the front end does under the same key: null when the plan was prepared. */
export async function recordProposal(
  { planId, kind, environment, requestedBy, call }: PlanWorkflowInput,
  refusal: ErrorBody | null,
): Promise<void> {
  if (call === undefined) return;
  await record({
    key: `call/${call.callId}/outcome`,
    action: `plan_${kind}`,
    actor: requestedBy,
    planId,
    environment,
    operation: `plan_${kind}`,
    correlationId: call.correlationId,
    ...(refusal === null
      ? { outcome: 'ok' as const }
      : { outcome: outcomeOfCode(refusal.code), code: refusal.code, message: refusal.message }),
  });
}

function record(outcome: WorkflowAudit): Promise<void> {
  return CancellationScope.nonCancellable(() => shortWork().audit(outcome));
}

function outcomeOf({ outcome, error }: DeviceChangeResult): Pick<WorkflowAudit, 'outcome' | 'code' | 'message'> {
  if (outcome === 'applied' || outcome === 'unchanged') return { outcome: 'ok' };
  const code = outcome === 'unknown' ? 'OUTCOME_UNKNOWN' : (error?.code ?? 'DEVICE_ERROR');
  return { outcome: outcomeOfCode(code), code, message: error?.message ?? ERROR_CODES[code].public };
}

function outcomeOfCode(code: ErrorBody['code']): 'unknown' | 'refused' | 'failed' {
  if (code === 'OUTCOME_UNKNOWN') return 'unknown';
  return ERROR_CODES[code].status < 500 ? 'refused' : 'failed';
}
