import { setTimeout as delay } from 'node:timers/promises';
import { signalTree } from './signal-tree.ts';

/** One run of a process. */
export interface Life {
  pid: number;
  /** Resolves when it has ended. */
  exited: Promise<unknown>;
}

/** A process that is started again whenever it ends, until it is let go. */
export interface KeptProcess {
  /** Kills it, and starts it again after so many milliseconds. */
  kill(forMs: number): Promise<void>;
  /** Stops it with all its children, and lets it go on after so many milliseconds. */
  stop(forMs: number): Promise<void>;
  /** Resolves when it runs and has said that it is ready. */
  running(): Promise<Life>;
  /** From now on an end is an end. */
  release(): void;
}

const AGAIN_AFTER_MS = 500;
/** What does not start at all is broken; a machine with much other work may need a second try. */
const FIRST_ATTEMPTS = 3;

/** Starts it and keeps it running. `onFailure` hears why a start failed; the next one is tried soon. */
export async function keepProcess(
  start: () => Promise<Life>,
  onFailure: (error: unknown) => void,
): Promise<KeptProcess> {
  let isReleased = false;
  let pauseMs = AGAIN_AFTER_MS;
  let current: Promise<Life>;
  const keep = async (): Promise<void> => {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one life after the other
      const ended = await current;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await ended.exited;
      if (isReleased) return;
      current = startAgain(pauseMs);
      current.catch(() => undefined);
      pauseMs = AGAIN_AFTER_MS;
    }
  };
  const startAgain = async (firstPauseMs: number, attempts = Number.POSITIVE_INFINITY): Promise<Life> => {
    for (let ms = firstPauseMs, attempt = 1; ; ms = AGAIN_AFTER_MS, attempt++) {
      // oxlint-disable-next-line no-await-in-loop -- tried until it runs
      await delay(ms);
      if (isReleased) throw new Error('it was let go');
      try {
        // oxlint-disable-next-line no-await-in-loop -- as above
        return await start();
      } catch (error) {
        if (attempt >= attempts) throw error;
        onFailure(error);
      }
    }
  };
  current = startAgain(0, FIRST_ATTEMPTS);
  await current;
  void keep().catch(() => undefined);
  return {
    async kill(forMs) {
      pauseMs = forMs;
      const { pid, exited } = await current;
      signalTree(pid, 'SIGKILL');
      await exited;
    },
    async stop(forMs) {
      const { pid } = await current;
      signalTree(pid, 'SIGSTOP');
      await delay(forMs);
      signalTree(pid, 'SIGCONT');
    },
    running: () => current,
    release: () => {
      isReleased = true;
    },
  };
}
