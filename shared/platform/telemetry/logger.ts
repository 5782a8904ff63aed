import { pino, stdSerializers, stdTimeFunctions, type DestinationStream, type LogFn, type Logger } from 'pino';
import { currentTrace } from './spans.ts';
import { createLogDestination } from './log-destination.ts';
import { LOG_EVENTS } from './log-events.ts';
import type { Metrics } from './metrics.ts';
import { redactData, redactFields, redactText } from './redaction.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** Of the process, such as `web` or `worker`. */
  name: string;
  /** The lowest level that is written. Default: `info`. */
  level?: LogLevel;
  /** Counts lines that could not be written. Default: nothing does. */
  metrics?: Pick<Metrics, 'logLinesLost'>;
  /** Default: standard output, which may fail without harm; see `createLogDestination`. */
  destination?: DestinationStream;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A logger of one JSON object a line: `level` (a word), `time` (ISO 8601, UTC), `pid`, `name`, `msg` and the record's
 * fields, with `event`, its stable name, and `trace_id` and `span_id` of what it happened in. Secrets are masked by the name
 * of their key at any depth, and by their form in texts.
 */
export function createLogger({ name, level = 'info', metrics, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    base: { pid: process.pid },
    mixin: traceIds,
    hooks: { logMethod: withEvent },
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => redactFields(withPlainErrors(fields)),
    },
    // Errors are plain data by then; pino's own serializer would drop their causes.
    serializers: {
      err: (value: unknown) => value,
      msg: (text: unknown) => (typeof text === 'string' ? redactText(text) : text),
    },
  };
  return maskBindings(
    pino(options, destination ?? createLogDestination({ onLost: () => metrics?.logLinesLost.inc() })),
  );
}

/** Puts the stable name of what a message tells in front of its fields. */
function withEvent(this: Logger, given: Parameters<LogFn>, write: LogFn): void {
  const [first, second] = given as [unknown, unknown?];
  const message = typeof first === 'string' ? first : second;
  const event = typeof message === 'string' ? LOG_EVENTS.get(message) : undefined;
  if (event === undefined) Reflect.apply(write, this, given);
  else if (typeof first === 'string') Reflect.apply(write, this, [{ event }, ...given]);
  else Reflect.apply(write, this, [{ event, ...(first as object) }, ...given.slice(1)]);
}

/** Of the span around, so that a line is found from its trace and the other way round. */
function traceIds(): { trace_id?: string; span_id?: string } {
  const current = currentTrace();
  return current === null ? {} : { trace_id: current.traceId, span_id: current.spanId };
}

/** Bindings of child loggers do not pass through `formatters.log`, and pino's redaction by path copies every record. */
function maskBindings(logger: Logger): Logger {
  const child: unknown = Reflect.get(logger, 'child');
  if (typeof child !== 'function') return logger;
  const masked = function (this: Logger, bindings: Record<string, unknown>, options?: object): unknown {
    return Reflect.apply(child, this, [redactFields(bindings), options]);
  };
  return Object.assign(logger, { child: masked });
}

function withPlainErrors(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? plainError(value) : value]),
  );
}

function plainError(error: Error): unknown {
  return redactData({ ...stdSerializers.errWithCause(error) });
}
