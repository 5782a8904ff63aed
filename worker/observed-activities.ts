import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { HOLD_LANE } from '../shared/contract/lane-messages.ts';
import { traceContextOf } from '../shared/contract/trace-context.ts';
import type { Metrics } from '../shared/platform/telemetry/metrics.ts';
import { inSpan } from '../shared/platform/telemetry/spans.ts';
import { currentMs } from '../shared/platform/process/platform-clock.ts';

export interface ObservedActivities {
  /** Kind of the queue the work waited in; queues of devices are one kind. */
  queue: 'workflows' | 'fleet' | 'webhooks' | 'lanes' | 'device' | 'sweep';
  metrics: Pick<Metrics, 'queueWaitSeconds' | 'activitySeconds'>;
}

/** Measures how long activities waited and took, and has each be a span of the trace it was scheduled in. */
export function observedActivities({ queue, metrics }: ObservedActivities): ActivityInterceptorsFactory {
  return ({ info }: Context) => ({
    inbound: {
      execute(input, next) {
        const { activityType, attempt, currentAttemptScheduledTimestampMs: scheduledMs } = info;
        metrics.queueWaitSeconds.observe({ queue }, Math.max(0, currentMs() - scheduledMs) / 1000);
        // A lease lasts for hours and is nobody's work: what runs under it has spans of its own.
        if (queue === 'lanes' && activityType === HOLD_LANE) return next(input);
        const attributes = {
          'temporal.activity.id': info.activityId,
          'temporal.activity.attempt': attempt,
          'temporal.workflow.id': info.workflowExecution?.workflowId,
          ...deviceOf(input.args[0]),
        };
        const parent = traceContextOf(input.headers);
        return inSpan(`RunActivity:${activityType}`, { kind: 'server', attributes, parent }, async () => {
          const startedAt = performance.now();
          let outcome = 'failed';
          try {
            const result = await next(input);
            outcome = 'ok';
            return result;
          } finally {
            const seconds = (performance.now() - startedAt) / 1000;
            metrics.activitySeconds.observe({ activity: activityType, outcome }, seconds);
          }
        });
      },
    },
  });
}

function deviceOf(request: unknown): { 'convoy.device.id'?: string } {
  if (typeof request !== 'object' || request === null || !('deviceId' in request)) return {};
  return typeof request.deviceId === 'string' ? { 'convoy.device.id': request.deviceId } : {};
}
