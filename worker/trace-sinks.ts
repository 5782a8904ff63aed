import type { InjectedSinks } from '@temporalio/worker';
import type { TraceSinks } from '../shared/contract/workflow-span.ts';
import type { Tracing } from '../shared/platform/telemetry/tracing.ts';

/** Where workflows hand their spans to; also without a collector, because what they were started with asks for it. */
export function traceSinks(tracing: Pick<Tracing, 'emit'>): InjectedSinks<TraceSinks> {
  return {
    tracing: {
      emit: {
        fn: ({ workflowId, runId }, span) =>
          tracing.emit(span, { 'temporal.workflow.id': workflowId, 'temporal.workflow.run_id': runId }),
        callDuringReplay: false,
      },
    },
  };
}
