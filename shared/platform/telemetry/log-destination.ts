import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

export interface LogDestinationOptions {
  /** Default: 1, standard output. */
  fd?: number;
  /** Told of each line that could not be written. Default: nobody is. */
  onLost?: () => void;
  /** Hears once that lines are being lost, and why. Default: standard error. */
  warn?: (sentence: string) => void;
  /** Writes some bytes and answers how many, as `fs.writeSync` does. */
  write?: (fd: number, bytes: Uint8Array) => number;
}

/** A reader that is only slow gets this long, milliseconds; then lines are lost, without waiting, until it reads again. */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 5;

/**
 * Writes lines at once, so that the last one of a dying process is not lost, and survives what happens to logs: a full disk
 * (ENOSPC), a reader that has gone (EPIPE) or is stuck (EAGAIN). (pino's own destination ends the process on the first, is
 * silent for ever after the second, and waits without an end on the third.)
 */
export function createLogDestination(options: LogDestinationOptions = {}): DestinationStream {
  const { fd = 1, onLost, warn = warnOnStandardError, write = writeSync } = options;
  let lost = 0;
  /** A line of which only a part was written must not run into the next. */
  let isCut = false;

  function put(text: string): void {
    let rest = Buffer.from(isCut ? `\n${text}` : text);
    const deadlineMs = performance.now() + (lost > 0 ? 0 : PATIENCE_MS);
    while (rest.length > 0) {
      try {
        const written = write(fd, rest);
        if (written > 0) isCut = true;
        rest = rest.subarray(written);
      } catch (error) {
        if (codeOf(error) !== 'EAGAIN' || performance.now() > deadlineMs) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
      }
    }
    isCut = false;
  }

  return {
    write(line) {
      try {
        if (lost > 0) put(sayLost(lost));
        lost = 0;
        put(line);
      } catch (error) {
        lost += 1;
        onLost?.();
        if (lost === 1) warn(`The log cannot be written (${codeOf(error)}); lines are lost, and nothing else.`);
      }
    },
  };
}

function sayLost(lines: number): string {
  const record = { level: 'error', time: new Date().toISOString(), pid: process.pid, msg: 'log lines lost', lines };
  return `${JSON.stringify(record)}\n`;
}

function warnOnStandardError(sentence: string): void {
  try {
    writeSync(2, `${sentence}\n`);
  } catch {
    // It may be the same disk; the metric tells.
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
