import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Database } from '../shared/platform/persistence/database.ts';
import { isDatabaseAway } from '../shared/platform/persistence/database-error.ts';
import { hasChanged, type Opened } from './lane-settings.ts';

/** How often an open lane looks whether it is still wanted, milliseconds. */
const LOOK_MS = 1_000;
/** How often it looks whether its device's settings changed, in looks. */
const LOOKS_PER_SETTINGS_CHECK = 10;

/** Runs a lane's worker until nobody needs it or its settings changed; fails with LANE_LOST when it must not go on. */
export async function keepLaneOpen(
  deps: { database: Database; logger: Logger },
  worker: Worker,
  opened: Opened,
  isIdle: () => boolean,
): Promise<'idle' | 'settings changed'> {
  const context = Context.current();
  const running = worker.run();
  // Also while the lane drains: until its last request is done nobody else may have it.
  const heartbeat = setInterval(() => context.heartbeat(), heartbeatEveryMs(context));
  // The Runtime stops every Worker on SIGTERM: then another process must take over at once.
  const stopped = new AbortController();
  running.catch(() => undefined).finally(() => stopped.abort());
  // A lane that may not write is of no use, also where its lease is the newest: the epoch of an owner before it was taken
  // late, or its own was lost with the database's last moments. The next lease takes another one.
  const lost = AbortSignal.any([stopped.signal, context.cancellationSignal, opened.fenced]);
  let isKept = false;
  try {
    for (let look = 1; ; look++) {
      // Not a race with promises that live as long as the lane: each round would leave something behind in them.
      await delay(LOOK_MS, undefined, { signal: lost }).catch(() => undefined);
      if (opened.fenced.aborted) {
        deps.logger.warn({ deviceId: opened.device.deviceId }, 'lane fenced off');
        throw laneLost('The lane that was held was not the newest of its device.');
      }
      if (lost.aborted) throw laneLost();
      if (opened.mustReopen()) return 'settings changed';
      if (opened.takeDoubt() || look % LOOKS_PER_SETTINGS_CHECK === 0) {
        const changed = await hasChanged(deps.database, opened).catch(unlessAway);
        if (changed === true) return 'settings changed';
        // Given up now, it could perhaps not be opened again.
        isKept = changed === 'not known';
      }
      if (!isKept && isIdle() && worker.getStatus().numInFlightActivities === 0) return 'idle';
    }
  } finally {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running.catch((error: unknown) =>
      deps.logger.error({ err: error, deviceId: opened.device.deviceId }, 'lane worker failed'),
    );
    clearInterval(heartbeat);
  }
}

/** Each one costs sealing its details; the SDK tells the server at four fifths of the timeout, from the last one it has. */
function heartbeatEveryMs({ info }: Context): number {
  return (info.heartbeatTimeoutMs ?? 4 * LOOK_MS) / 4;
}

/** While the database is away nobody changes settings in it, and the lane goes on with those it has. */
function unlessAway(error: unknown): 'not known' {
  if (isDatabaseAway(error)) return 'not known';
  throw error;
}

/** Repeated at once: another owner takes the lane over. */
export function laneLost(message = 'The process that held the lane is going away.'): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'LANE_LOST',
    message,
    nextRetryDelay: '50ms',
    category: 'BENIGN',
  });
}
