/** What a workflow tells of its own time, for the trace it belongs to. Ids are made of the run's own, so that a replay makes the same. */
export interface WorkflowSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  /** Such as `RunWorkflow:plan`. */
  name: string;
  /** Milliseconds since 1970, on the workflow's own clock. */
  startMs: number;
  endMs: number;
  /** The code or the class of what it failed with. */
  errorType?: string | undefined;
}

/** The sink through which workflows hand spans out of their sandbox; not called while a history is replayed. */
export type TraceSinks = { tracing: { emit(span: WorkflowSpan): void } };
