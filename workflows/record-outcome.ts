import { CancellationScope, patched } from '@temporalio/workflow';
import type { DeviceChangeInput, DeviceChangeResult } from '../shared/contract/device-messages.ts';
import { ERROR_CODES } from '../shared/errors/codes.ts';
import type { WorkflowAudit } from '../shared/contract/fleet-activities.ts';
import { fleet } from './activity-options.ts';

/**
 * Completes the audit record of the call that asked for the change. Its front end does the same under the same key: whoever
 * comes first writes it, so there is one outcome, also when the front end died meanwhile.
 */
export async function recordOutcome({ deviceId, cause }: DeviceChangeInput, result: DeviceChangeResult): Promise<void> {
  if (cause.by !== 'operation' || cause.callId === undefined || !patched('audit-outcome')) return;
  const { callId, operation, requestedBy, correlationId } = cause;
  const record: WorkflowAudit = {
    key: `call/${callId}/outcome`,
    action: operation,
    actor: requestedBy,
    deviceId,
    operation,
    // The call's own in front of what makes the write's identity.
    correlationId: correlationId.slice(0, -`/${callId}`.length),
    ...outcomeOf(result),
    details: { result: result.outcome },
  };
  await CancellationScope.nonCancellable(() => fleet.audit(record));
}

function outcomeOf({ outcome, error }: DeviceChangeResult): Pick<WorkflowAudit, 'outcome' | 'code' | 'message'> {
  if (outcome === 'applied' || outcome === 'unchanged') return { outcome: 'ok' };
  const code = outcome === 'unknown' ? 'OUTCOME_UNKNOWN' : (error?.code ?? 'DEVICE_ERROR');
  const { status, public: sentence } = ERROR_CODES[code];
  const ended = outcome === 'unknown' ? 'unknown' : status < 500 ? 'refused' : 'failed';
  return { outcome: ended, code, message: error?.message ?? sentence };
}
