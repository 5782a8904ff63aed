import { isCancellation, proxySinks, workflowInfo } from '@temporalio/workflow';
import type { WorkflowInterceptors, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { traceContextOf, withTraceHeader, type TraceContext } from '../shared/contract/trace-context.ts';
import type { TraceSinks } from '../shared/contract/workflow-span.ts';

/**
 * Carries the trace of whoever started a run on to its activities and children, and tells of the run when it ends. A run
 * that nobody's trace began does nothing of it, so its history is what it always was.
 */
export const interceptors: WorkflowInterceptorsFactory = (): WorkflowInterceptors => {
  const { tracing } = proxySinks<TraceSinks>();
  let own: TraceContext | null = null;
  let spans = 0;

  /** Runs `work` as a span below `parent`; the span's id is made of the run's, so that a replay finds the same. */
  async function inSpan<T>(name: string, parent: TraceContext, work: (span: TraceContext) => Promise<T>): Promise<T> {
    const span = { ...parent, spanId: spanIdOf(workflowInfo().runId, spans) };
    spans += 1;
    const startMs = Date.now();
    let errorType: string | undefined;
    try {
      return await work(span);
    } catch (error) {
      errorType = errorTypeOf(error);
      throw error;
    } finally {
      const { traceId, spanId } = span;
      const told = { traceId, spanId, parentSpanId: parent.spanId, name, startMs, endMs: Date.now(), errorType };
      if (parent.isSampled) tracing.emit(told);
    }
  }

  return {
    inbound: [
      {
        execute(input, next) {
          const parent = traceContextOf(input.headers);
          if (parent === null) return next(input);
          return inSpan(`RunWorkflow:${workflowInfo().workflowType}`, parent, (span) => {
            own = span;
            return next(input);
          });
        },
        handleSignal(input, next) {
          const parent = traceContextOf(input.headers);
          if (parent === null) return next(input);
          return inSpan(`HandleSignal:${input.signalName}`, parent, () => next(input));
        },
        handleUpdate(input, next) {
          const parent = traceContextOf(input.headers);
          if (parent === null) return next(input);
          return inSpan(`HandleUpdate:${input.name}`, parent, () => next(input));
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(within(own, input)),
        scheduleLocalActivity: (input, next) => next(within(own, input)),
        startChildWorkflowExecution: (input, next) => next(within(own, input)),
        signalWorkflow: (input, next) => next(within(own, input)),
        continueAsNew: (input, next) => next(within(own, input)),
      },
    ],
  };
};

function within<Input extends { headers: Parameters<typeof withTraceHeader>[0] }>(
  own: TraceContext | null,
  input: Input,
): Input {
  return own === null ? input : { ...input, headers: withTraceHeader(input.headers, own) };
}

/** The last 64 bits of a run's id are random; the first span is the run itself. */
function spanIdOf(runId: string, index: number): string {
  const bits = BigInt(`0x${runId.replaceAll('-', '').slice(-16)}`) ^ BigInt(index);
  return (bits === 0n ? 1n : bits).toString(16).padStart(16, '0');
}

/** A class or a code, never a text: those may tell of devices. */
function errorTypeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'ContinueAsNew') return undefined;
  if (isCancellation(error)) return 'cancelled';
  return error instanceof ApplicationFailure && error.type ? error.type : error.name;
}
