import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { StreamLease, WebProcessStore } from '../../shared/platform/persistence/stores/web-process-store.ts';

/** What the web processes of a deployment share, as one of them knows it. Nothing here asks the database for a read call. */
export interface Deployment {
  /** Web processes that live, this one among them: each takes this part of a budget. */
  processes(): number;
  /**
   * Takes a place for a stream of the subject's, of which there are `most` in all processes together; answers what gives it
   * back, or null when none is left. May fail with SERVICE_UNAVAILABLE.
   */
  takeStream(sub: string, most: number): Promise<(() => void) | null>;
  /** Says that this process ends. */
  close(): Promise<void>;
}

/** A process that shares with no other. */
export const ALONE: Deployment = {
  processes: () => 1,
  takeStream: () => Promise.resolve(() => {}),
  close: () => Promise.resolve(),
};

export interface DeploymentOptions {
  store: WebProcessStore;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Time between two signs of life, milliseconds. Default 5 000: for so long others reckon without a new process. */
  beatMs?: number;
  /** A process that has been silent for so long is dead, milliseconds. Default 20 000. */
  silentMs?: number;
}

/** Joins the web processes that use the same database; afterwards it is one of them, and knows how many there are. */
export async function joinDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { store, log, beatMs = 5_000, silentMs = 20_000 } = options;
  const processId = randomUUID();
  const open = new Map<string, StreamLease>();
  const released = new Set<string>();
  let living = await store.beat(processId, { open: [], released: [] }, silentMs);
  let beating: Promise<void> = Promise.resolve();

  async function beat(): Promise<void> {
    // What is given back while this beat is on its way is told with the next one.
    const told = { open: [...open.values()], released: [...released] };
    try {
      const now = await store.beat(processId, told, silentMs);
      for (const leaseId of told.released) released.delete(leaseId);
      if (now !== living) log.info({ before: living, now }, 'number of web processes changed');
      living = now;
    } catch (error) {
      // The last number known is nearer to the truth than any other.
      log.warn({ err: error }, 'web processes not counted');
    }
  }
  // One at a time: a slow database must not collect them.
  let isBeating = false;
  const timer = setInterval(() => {
    if (isBeating) return;
    isBeating = true;
    beating = beat().finally(() => {
      isBeating = false;
    });
  }, beatMs);
  timer.unref();

  return {
    processes: () => living,
    async takeStream(sub, most) {
      const lease = { leaseId: randomUUID(), sub };
      const isTaken = await store.takeStream(processId, lease, { most, silentMs }).catch((error: unknown) => {
        // It may have been taken all the same.
        released.add(lease.leaseId);
        throw error;
      });
      if (!isTaken) return null;
      open.set(lease.leaseId, lease);
      return () => {
        open.delete(lease.leaseId);
        released.add(lease.leaseId);
        // The next beat does what this does not.
        store.releaseStream(lease.leaseId).catch((error: unknown) => log.warn({ err: error }, 'stream not given back'));
      };
    },
    async close() {
      clearInterval(timer);
      await beating;
      await store.leave(processId).catch((error: unknown) => log.warn({ err: error }, 'web process not signed off'));
    },
  };
}
