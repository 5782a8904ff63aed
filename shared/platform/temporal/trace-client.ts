import type { ActivityClientInterceptor, ClientInterceptors, WorkflowClientInterceptor } from '@temporalio/client';
import type { Headers } from '@temporalio/common';
import { HOLD_LANE } from '../../contract/lane-messages.ts';
import { withTraceHeader } from '../../contract/trace-context.ts';
import { currentTrace, inSpan, type SpanAttributes } from '../telemetry/spans.ts';

/** Makes a span of what a process asks of Temporal while it is traced, and has what it starts belong to it. */
export const tracedClient = {
  workflow: [
    {
      startWithDetails: (input, next) =>
        asked(`StartWorkflow:${input.workflowType}`, { 'temporal.workflow.id': input.options.workflowId }, () =>
          next({ ...input, headers: traced(input.headers) }),
        ),
      startUpdate: (input, next) =>
        asked(`UpdateWorkflow:${input.updateName}`, ofWorkflow(input), () =>
          next({ ...input, headers: traced(input.headers) }),
        ),
      startUpdateWithStart: (input, next) => {
        const { workflowType, workflowStartOptions } = input;
        const attributes = { 'temporal.workflow.id': workflowStartOptions.workflowId };
        return asked(`UpdateWithStartWorkflow:${workflowType}`, attributes, () =>
          next({
            ...input,
            workflowStartHeaders: traced(input.workflowStartHeaders),
            updateHeaders: traced(input.updateHeaders),
          }),
        );
      },
      signal: (input, next) =>
        asked(`SignalWorkflow:${input.signalName}`, ofWorkflow(input), () =>
          next({ ...input, headers: traced(input.headers) }),
        ),
      signalWithStart: (input, next) =>
        asked(
          `SignalWithStartWorkflow:${input.workflowType}`,
          { 'temporal.workflow.id': input.options.workflowId },
          () => next({ ...input, headers: traced(input.headers) }),
        ),
      query: (input, next) => asked(`QueryWorkflow:${input.queryType}`, ofWorkflow(input), () => next(input)),
      describe: (input, next) => asked('DescribeWorkflow', ofWorkflow(input), () => next(input)),
    } satisfies WorkflowClientInterceptor,
  ],
  activity: [
    {
      start: (input, next) =>
        // The lease of a device outlives whoever asked for it first, and belongs to nobody's trace.
        asked(`StartActivity:${input.activityType}`, { 'temporal.activity.id': input.options.id }, () =>
          next(input.activityType === HOLD_LANE ? input : { ...input, headers: traced(input.headers) }),
        ),
    } satisfies ActivityClientInterceptor,
  ],
} satisfies ClientInterceptors;

function ofWorkflow({ workflowExecution }: { workflowExecution: { workflowId?: string | null } }): SpanAttributes {
  return { 'temporal.workflow.id': workflowExecution.workflowId ?? '' };
}

/** What a process does of its own accord, such as looking whether Temporal is there, begins no trace. */
async function asked<T>(name: string, attributes: SpanAttributes, ask: () => Promise<T>): Promise<T> {
  if (currentTrace() === null) return ask();
  return inSpan(name, { kind: 'client', attributes }, ask);
}

function traced(headers: Headers): Headers {
  const current = currentTrace();
  return current === null ? headers : withTraceHeader(headers, current);
}
