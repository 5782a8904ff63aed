import type { Logger } from 'pino';

export interface DrainOptions {
  /** `web`, `worker` or `gateway`, as its log lines name it. */
  name: string;
  log: Pick<Logger, 'info' | 'fatal'>;
  /** The process is gone this long after it was told to end, seconds; whoever ends it must wait a little longer. */
  withinSeconds: number;
  /** Ends the process in order: lets running work finish, hands on what others can go on with, closes everything. */
  drain: () => Promise<void>;
  /** Ends the process at once; only a process itself has it. */
  exit: (code: number) => void;
}

/**
 * Ends the process in order on SIGTERM, SIGINT or when the launcher that started it is gone: `draining` is aborted first, so
 * that `/readyz` says so, then `drain` runs. Exit code 0; 1 when `drain` fails or is not done in time.
 */
export function drainOnSignal(
  { name, log, withinSeconds, drain, exit }: DrainOptions,
  draining: AbortController,
): void {
  const end = async (cause: string): Promise<void> => {
    if (draining.signal.aborted) return;
    log.info({ cause, withinSeconds }, `${name} draining`);
    draining.abort();
    setTimeout(() => {
      log.fatal({ withinSeconds }, `${name} did not stop in time`);
      exit(1);
    }, withinSeconds * 1000).unref();
    try {
      await drain();
    } catch (err) {
      log.fatal({ err }, `${name} not stopped in order`);
      exit(1);
      return;
    }
    log.info(`${name} stopped`);
    // Everything is closed; what may still hold the process is the launcher's channel.
    exit(0);
  };
  process.once('SIGTERM', () => void end('SIGTERM'));
  process.once('SIGINT', () => void end('SIGINT'));
  // Started by the launcher: its end is ours.
  process.once('disconnect', () => void end('launcher gone'));
  // Listening for that must not keep the process alive.
  process.channel?.unref();
}
