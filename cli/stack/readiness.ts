import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { logTail, type RunningProcess } from './processes.ts';
import { StackError } from './stack-error.ts';

const POLL_MS = 50;

/**
 * Asks again and again until the probe answers true. Fails at once when the process ends, and after `timeoutMs`
 * with the last reason the probe gave.
 */
export async function waitUntilReady(
  child: Pick<RunningProcess, 'name' | 'logFile' | 'hasExited' | 'exited'>,
  probe: () => Promise<boolean | string>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (child.hasExited()) {
      const how = await child.exited;
      throw new StackError('PROCESS_EXITED', `${child.name} ended with ${how} while starting${logTail(child.logFile)}`);
    }
    const answer = await probe();
    if (answer === true) return;
    if (performance.now() > deadline) {
      const why = typeof answer === 'string' ? ` (${answer})` : '';
      throw new StackError(
        'NOT_READY',
        `${child.name} was not ready after ${timeoutMs / 1000} s${why}${logTail(child.logFile)}`,
      );
    }
    await delay(POLL_MS);
  }
}

/** A probe for an HTTP address: true on status 200, otherwise a phrase that says what came instead. */
export function httpOk(url: string): () => Promise<boolean | string> {
  return async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'manual' });
      const body = await response.text();
      return response.status === 200 ? true : `GET ${url} answered ${response.status} ${body.slice(0, 300)}`;
    } catch (error) {
      return `GET ${url} failed: ${describe(error)}`;
    }
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Whether something listens at a port of 127.0.0.1. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
