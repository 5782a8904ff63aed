import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { sleep, startChild } from '@temporalio/workflow';
import type { DeviceChangeInput, DeviceChangeResult } from '../shared/contract/device-messages.ts';
import type { DeviceProgress } from '../shared/contract/plan-messages.ts';
import { deviceChangeWorkflowId } from '../shared/contract/workflow-ids.ts';
import type { PlanDeviceStatus } from '../shared/domain/plan.ts';
import { errorBodyOf } from './activity-options.ts';
import { deviceChangeWorkflow } from './device-change.ts';
import { bodyOf } from './step-write.ts';

const deviceAttribute = defineSearchAttributeKey('ConvoyDeviceId', 'KEYWORD');

/** How often, and how long apart, a device that another change holds is asked again: about twelve minutes in all. */
const BUSY_ATTEMPTS = 16;
const BUSY_PAUSE_MS = { first: 2_000, longest: 60_000 };

export interface ChildResult extends DeviceChangeResult {
  /** The child did not come to complete its audit record: it was never begun, or ended from outside. */
  isUnrecorded?: true;
  /** Somebody stopped the rollout while the device was waited for; nothing was begun. */
  isWithdrawn?: true;
}

/**
 * Runs one device's change as a child and never throws: every ending is a result. While another change holds the device it
 * is waited for, as long as it `mayBegin`. `onAnswered` is told whenever the server has started a child, or refused to.
 */
export async function changeInChild(
  input: DeviceChangeInput,
  { mayBegin = () => true, onAnswered }: { mayBegin?: () => boolean; onAnswered?: () => void } = {},
): Promise<ChildResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      const child = await startChild(deviceChangeWorkflow, {
        workflowId: deviceChangeWorkflowId(input.deviceId),
        args: [input],
        // A device that is being written finishes or takes back what it began, whatever happens to its parent.
        parentClosePolicy: 'ABANDON',
        staticSummary: summaryOf(input),
        typedSearchAttributes: [{ key: deviceAttribute, value: input.deviceId }],
      }).finally(onAnswered);
      return await child.result();
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) {
        // Terminated or failed by itself: what it wrote is not known here.
        const { message } = errorBodyOf(error, 'OUTCOME_UNKNOWN');
        return { outcome: 'unknown', changes: [], error: bodyOf('OUTCOME_UNKNOWN', message), isUnrecorded: true };
      }
      if (attempt >= BUSY_ATTEMPTS) {
        return { outcome: 'refused', changes: [], error: bodyOf('DEVICE_BUSY'), isUnrecorded: true };
      }
      await sleep(Math.min(BUSY_PAUSE_MS.longest, BUSY_PAUSE_MS.first * 2 ** (attempt - 1)));
      if (!mayBegin()) {
        return { outcome: 'refused', changes: [], error: bodyOf('DEVICE_BUSY'), isHeld: true, isWithdrawn: true };
      }
    }
  }
}

function summaryOf({ deviceName, cause }: DeviceChangeInput): string {
  return cause.by === 'plan'
    ? `${cause.direction} ${cause.planId} on ${deviceName}`
    : `${cause.operation} on ${deviceName}`;
}

const AFTER_APPLY: Record<DeviceChangeResult['outcome'], PlanDeviceStatus> = {
  applied: 'applied',
  unchanged: 'skipped',
  refused: 'failed',
  reverted: 'failed',
  left_changed: 'rollback_failed',
  unknown: 'unknown',
};

const AFTER_UNDO: Record<DeviceChangeResult['outcome'], PlanDeviceStatus> = {
  applied: 'rolled_back',
  unchanged: 'rolled_back',
  refused: 'rollback_failed',
  reverted: 'rollback_failed',
  left_changed: 'rollback_failed',
  unknown: 'unknown',
};

/** A device's place in its plan after its change ended. */
export function progressOf(
  planId: string,
  deviceId: string,
  direction: 'apply' | 'undo',
  result: DeviceChangeResult,
): DeviceProgress {
  // It was not touched, and its turn comes again.
  if (direction === 'apply' && result.isHeld) return { planId, deviceId, status: 'pending', error: null };
  const table = direction === 'apply' ? AFTER_APPLY : AFTER_UNDO;
  return { planId, deviceId, status: table[result.outcome], error: result.error };
}
