import { setTimeout as delay } from 'node:timers/promises';
import type { Say } from './progress.ts';
import type { Service } from './services.ts';

/** Pause before a process that ended by itself is started again, milliseconds; doubled each time up to the maximum. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
/** A process that ran this long is taken for healthy: the next pause is the first one again. */
const HEALTHY_AFTER_MS = 60_000;

/** Keeps a set of processes running. */
export interface Supervisor {
  /** Starts a process and starts it again whenever it ends by itself. */
  add(start: () => Promise<Service>): Promise<Service>;
  /** Starts a process and lets it end when it ends. */
  addOnce(start: () => Promise<Service>): Promise<Service>;
  /** The processes that run now. */
  running(): Service[];
  /** From now on an end is an end. */
  release(): void;
}

/** Does for the development stack what systemd or Kubernetes do in production. */
export function createSupervisor(options: { say: Say; onChange: () => Promise<void> }): Supervisor {
  const services = new Set<Service>();
  let isReleased = false;

  const watch = async (service: Service, start: () => Promise<Service>, pauseMs: number): Promise<void> => {
    const startedAt = performance.now();
    services.add(service);
    const how = await service.exited;
    services.delete(service);
    if (isReleased) return;
    options.say(`${service.name} ended with ${how}; starting it again (log: ${service.logFile})`);
    const pause = performance.now() - startedAt > HEALTHY_AFTER_MS ? FIRST_PAUSE_MS : pauseMs;
    await delay(pause);
    await restart(service, start, Math.min(pause * 2, MAX_PAUSE_MS));
  };

  const restart = async (before: Service, start: () => Promise<Service>, pauseMs: number): Promise<void> => {
    if (isReleased) return;
    try {
      const service = await start();
      void watch(service, start, pauseMs);
      await options.onChange();
      options.say(`${service.name} runs again (process ${service.pid})`);
    } catch (error) {
      if (isReleased) return;
      options.say(
        `${before.name} could not be started again: ${error instanceof Error ? error.message : String(error)}`,
      );
      await delay(pauseMs);
      await restart(before, start, Math.min(pauseMs * 2, MAX_PAUSE_MS));
    }
  };

  return {
    add: async (start) => {
      const service = await start();
      void watch(service, start, FIRST_PAUSE_MS);
      return service;
    },
    addOnce: async (start) => {
      const service = await start();
      services.add(service);
      void service.exited.then(() => services.delete(service));
      return service;
    },
    running: () => [...services],
    release: () => {
      isReleased = true;
    },
  };
}
