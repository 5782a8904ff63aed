import { randomBytes } from 'node:crypto';
import { parseTraceparent } from '../../contract/trace-context.ts';

/** The request headers a correlation id may come from, as Node gives them. */
export interface CorrelationHeaders {
  'x-correlation-id'?: string | string[] | undefined;
  traceparent?: string | string[] | undefined;
}

const WELL_FORMED = /^[A-Za-z0-9._-]{8,64}$/;

/**
 * The id that ties together what one call leaves in logs, audit and results: `x-correlation-id` when it is 8 to 64
 * letters, digits, ".", "_" or "-"; else the trace id of a W3C `traceparent`; else `begun`, of the trace that begins
 * here; else a new one of 32 hex digits.
 */
export function correlationIdOf(headers: CorrelationHeaders, begun?: string): string {
  const { 'x-correlation-id': given } = headers;
  if (typeof given === 'string' && WELL_FORMED.test(given)) return given;
  return traceIdOf(headers) ?? begun ?? newCorrelationId();
}

/** The trace id of a W3C `traceparent`, 32 hex digits; undefined without a good one. */
export function traceIdOf({ traceparent }: Pick<CorrelationHeaders, 'traceparent'>): string | undefined {
  return parseTraceparent(traceparent)?.traceId;
}

/** 32 hex digits, so that it can serve as a trace id as well. */
export function newCorrelationId(): string {
  return randomBytes(16).toString('hex');
}
