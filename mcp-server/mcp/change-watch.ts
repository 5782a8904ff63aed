import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { DeviceGrant } from '../../shared/domain/principal.ts';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import type { ChangeStore } from '../../shared/platform/persistence/stores/change-store.ts';

/** Something that changes while others look on. */
export type Topic =
  | { on: 'device' | 'health' | 'plan'; id: string }
  /** The devices and plans inside these grants, as numbers. */
  | { on: 'fleet'; grants: readonly DeviceGrant[] };

/** Tells of changes in the database, whichever process made them. */
export interface ChangeWatch {
  /**
   * Calls `changed` after each change from now on, at most once a look, until the returned function is called. Fails when
   * the present state cannot be read.
   */
  watch(topic: Topic, changed: () => void): Promise<() => void>;
  close(): void;
}

interface Watched {
  topic: Topic;
  mark: string | undefined;
  listeners: Set<() => void>;
}

export interface ChangeWatchOptions {
  changes: ChangeStore;
  log: Pick<Logger, 'warn'>;
  /** Time between two looks, and so the shortest between two calls of one listener, milliseconds. Default 500. */
  everyMs?: number;
}

/**
 * One watcher for all listeners of a process: it looks at what is watched by a few queries a look, whoever and however many
 * listen, and rests while nobody does. It looks and is not told, because a look needs no connection that may be lost without
 * anybody noticing, and a look after an outage finds what happened in it.
 */
export function createChangeWatch({ changes, log, everyMs = 500 }: ChangeWatchOptions): ChangeWatch {
  const watched = new Map<string, Watched>();
  const closed = new AbortController();
  let isLooking = false;

  async function look(): Promise<void> {
    isLooking = true;
    while (watched.size > 0 && !closed.signal.aborted) {
      await sleep(everyMs, undefined, { signal: closed.signal, ref: false }).catch(() => {});
      if (closed.signal.aborted) break;
      try {
        await compare([...watched.values()]);
      } catch (error) {
        log.warn({ err: error }, 'changes not looked for');
      }
    }
    isLooking = false;
  }

  async function compare(all: readonly Watched[]): Promise<void> {
    const marks = await marksOf(
      changes,
      all.map(({ topic }) => topic),
    );
    for (const one of all) {
      const mark = marks(one.topic);
      if (mark === one.mark) continue;
      one.mark = mark;
      for (const changed of one.listeners) changed();
    }
  }

  return {
    close: () => closed.abort(),
    async watch(topic, changed) {
      const key = canonicalJson(topic);
      // Before the listener is told that it is heard: what changes from then on must not be missed.
      if (!watched.has(key)) {
        const mark = (await marksOf(changes, [topic]))(topic);
        if (!watched.has(key)) watched.set(key, { topic, mark, listeners: new Set() });
      }
      const one = watched.get(key);
      one?.listeners.add(changed);
      if (!isLooking) void look();
      return () => {
        one?.listeners.delete(changed);
        if (one?.listeners.size === 0 && watched.get(key) === one) watched.delete(key);
      };
    },
  };
}

async function marksOf(changes: ChangeStore, topics: readonly Topic[]): Promise<(topic: Topic) => string | undefined> {
  const idsOf = (on: Topic['on']) => topics.flatMap((topic) => (topic.on === on && 'id' in topic ? [topic.id] : []));
  const fleets = topics.filter((topic) => topic.on === 'fleet');
  const [device, health, plan, ...fleetMarks] = await Promise.all([
    changes.ofDevices(idsOf('device')),
    changes.ofHealth(idsOf('health')),
    changes.ofPlans(idsOf('plan')),
    ...fleets.map(({ grants }) => changes.ofFleet(grants)),
  ]);
  const byFleet = new Map(fleets.map((topic, index) => [topic, fleetMarks[index]]));
  return (topic) => (topic.on === 'fleet' ? byFleet.get(topic) : { device, health, plan }[topic.on].get(topic.id));
}
