import { defaultPayloadConverter, type Headers } from '@temporalio/common';

/** Where in a trace something happens: W3C Trace Context, level 1, without its `tracestate`, which says nothing to Convoy. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Whether whoever began it records it. */
  readonly isSampled: boolean;
}

/** Name of the header that carries it, in HTTP and in what Temporal passes from one part of a story to the next. */
export const TRACE_HEADER = 'traceparent';

/** https://www.w3.org/TR/trace-context/#traceparent-header; later versions may append fields. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Null for what is no `traceparent`. */
export function parseTraceparent(text: unknown): TraceContext | null {
  const [, traceId, spanId, flags] = typeof text === 'string' ? (TRACEPARENT.exec(text) ?? []) : [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** As version 00 writes it. */
export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** Temporal's headers with the context in them; they are plain, as all of Temporal's headers are, and hold ids alone. */
export function withTraceHeader(headers: Headers, context: TraceContext): Headers {
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(formatTraceparent(context)) };
}

/** The context in Temporal's headers; null when there is none. */
export function traceContextOf(headers: Headers): TraceContext | null {
  const payload = headers[TRACE_HEADER];
  if (payload?.data === undefined || payload.data === null) return null;
  try {
    return parseTraceparent(defaultPayloadConverter.fromPayload(payload));
  } catch {
    // Whoever wrote it was not Convoy; that is no reason for anything to fail.
    return null;
  }
}
