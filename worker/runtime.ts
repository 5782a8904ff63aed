import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Installs the Temporal runtime once per process, with its log lines in ours. Must come before any connection. */
export function installRuntime(logger: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', (entry) => write(logger, entry)),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
    // Hundreds of lanes come and go; a list of them every minute tells nobody anything.
    workerHeartbeatInterval: 0,
    // main.ts drains in its own order.
    shutdownSignals: [],
  });
}

function write(logger: Logger, { level, message, meta }: LogEntry): void {
  const fields = { ...meta };
  if (level === 'ERROR') logger.error(fields, message);
  // Every worker here serves one kind of task on purpose.
  else if (level === 'WARN' && !/^No (activities|workflows) registered/.test(message)) logger.warn(fields, message);
  // The SDK's own information is for people who look for trouble.
  else logger.debug(fields, message);
}
