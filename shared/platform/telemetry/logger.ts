import { pino, stdSerializers, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { redactData, redactFields, redactText } from './redaction.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** Of the process, such as `web` or `worker`. */
  name: string;
  /** The lowest level that is written. Default: `info`. */
  level?: LogLevel;
  /** Default: standard output, written synchronously so that the last line of a dying process is not lost. */
  destination?: DestinationStream;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A logger of one JSON object a line: `level` (a word), `time` (ISO 8601, UTC), `pid`, `name`, `msg` and the record's
 * fields. Secrets are masked by the name of their key at any depth, and by their form in texts.
 */
export function createLogger({ name, level = 'info', destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    base: { pid: process.pid },
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
  return maskBindings(destination === undefined ? pino(options) : pino(options, destination));
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
