import {
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { formatTraceparent, type TraceContext } from '../../contract/trace-context.ts';
import type { WorkflowSpan } from '../../contract/workflow-span.ts';
import { AppError } from '../../errors/app-error.ts';

/** Without a provider, which `startTracing` registers, everything here does next to nothing. */
const tracer = (): Tracer => trace.getTracer('convoy');

const KINDS = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

/** What a span says besides its name and times: facts that are no secret, and no text of a router's. */
export type SpanAttributes = Attributes;

export interface SpanOptions {
  /** Default: internal. */
  kind?: keyof typeof KINDS;
  attributes?: SpanAttributes;
  /** What it is part of. Default: the span around it. Null: nothing; it begins a trace. */
  parent?: TraceContext | null | undefined;
  /** Something it belongs to besides. */
  link?: TraceContext | null | undefined;
}

/** Runs `work` as a span. A failure marks it with its code or class and never with its text. */
export async function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, settingsOf(options), contextOf(options), async (span) => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, errorTypeOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Adds a span that has ended just now. */
export function recordSpan(
  name: string,
  options: Omit<SpanOptions, 'link'> & { durationMs: number; errorType?: string | undefined },
): void {
  const { durationMs, errorType } = options;
  // What belongs to nothing, such as the look of a process at its own work, begins no trace.
  if (options.parent === undefined && trace.getActiveSpan() === undefined) return;
  const span = tracer().startSpan(
    name,
    { ...settingsOf(options), startTime: Date.now() - durationMs },
    contextOf(options),
  );
  if (errorType !== undefined) markFailed(span, errorType);
  span.end();
}

/** Adds the span of a workflow, which tells of it when it is over. */
export function recordWorkflowSpan(told: WorkflowSpan, attributes: SpanAttributes): void {
  const { traceId, parentSpanId: spanId, name, startMs, endMs, errorType } = told;
  const parent = contextOf({ parent: { traceId, spanId, isSampled: true } });
  const span = tracer().startSpan(name, { attributes, startTime: startMs }, parent);
  if (errorType !== undefined) markFailed(span, errorType);
  span.end(endMs);
}

/** The context of the span around, when it is recorded. */
export function currentTrace(): TraceContext | null {
  const { traceId, spanId, traceFlags } = trace.getActiveSpan()?.spanContext() ?? INVALID_SPAN_CONTEXT;
  if (!isSpanContextValid({ traceId, spanId, traceFlags })) return null;
  return { traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
}

/** `traceparent` for whoever is asked next; undefined without a trace. */
export function currentTraceparent(): string | undefined {
  const current = currentTrace();
  return current === null ? undefined : formatTraceparent(current);
}

/** Adds facts to the span around. */
export function describeSpan(attributes: SpanAttributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/** A failure that is answered instead of thrown. */
export function markFailed(span: Span, errorType: string): void {
  span.setAttribute('error.type', errorType);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** An error's code, the type of a failure of Temporal's, or its class. */
export function errorTypeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  if (!(error instanceof Error)) return 'unknown';
  return 'type' in error && typeof error.type === 'string' && error.type !== '' ? error.type : error.name;
}

function settingsOf({ kind = 'internal', attributes = {}, link }: SpanOptions) {
  const links: Link[] = link ? [{ context: spanContextOf(link) }] : [];
  return { kind: KINDS[kind], attributes, links };
}

function contextOf({ parent }: SpanOptions): Context {
  if (parent === undefined) return context.active();
  return parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContextOf(parent));
}

function spanContextOf({ traceId, spanId, isSampled }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}
