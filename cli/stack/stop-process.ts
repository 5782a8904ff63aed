import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** Signals that ask a process to stop. */
export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGQUIT';

/** A process to stop: how it likes to be asked, and how long it may take. */
export interface StoppableProcess extends ProcessIdentity {
  name: string;
  /** The command line holds this text; a process that does not match is never signalled. */
  marker: string;
  stopSignal: StopSignal;
  graceMs: number;
}

const POLL_MS = 20;

/**
 * Asks a process to stop, waits for its grace time and then kills its whole group. Resolves when it is gone;
 * `'killed'` says that asking was not enough.
 */
export async function stopProcess(target: StoppableProcess): Promise<'stopped' | 'killed' | 'gone'> {
  if (!isAlive(target)) return 'gone';
  signal(target.pid, target.stopSignal);
  if (await waitUntilGone(target, target.graceMs)) return 'stopped';
  signalGroup(target.pid, 'SIGKILL');
  await waitUntilGone(target, 5_000);
  return 'killed';
}

/** Waits for a process to end; false when it still runs after the time given. */
export async function waitUntilGone(target: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(target)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Signals the process group that a child leads, or the child alone when it leads none. */
export function signalGroup(pid: number, name: NodeJS.Signals): void {
  if (!signal(-pid, name)) signal(pid, name);
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
