import type { TransactionOptions } from '@mikro-orm/core';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { AppError } from '../../errors/app-error.ts';
import { translateDatabaseError } from './database-error.ts';

/** Runs one call's work on an entity manager of its own, so that no call sees another's entities. */
export interface Units {
  /** Without a transaction around it. */
  run<T>(work: (em: EntityManager) => Promise<T>): Promise<T>;
  /** All of the work or none of it. */
  transact<T>(work: (em: EntityManager) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Refuses further work, waits for what is running and closes all connections. */
  close(): Promise<void>;
}

/** Failures of the driver come out as AppErrors. */
export function createUnits(orm: MikroORM): Units {
  const running = new Set<Promise<unknown>>();
  let isClosing = false;

  async function track<T>(work: () => Promise<T>): Promise<T> {
    if (isClosing) throw new AppError('SERVICE_UNAVAILABLE', { message: 'The database is being closed.' });
    const started = work();
    running.add(started);
    try {
      return await started;
    } catch (error) {
      throw translateDatabaseError(error);
    } finally {
      running.delete(started);
    }
  }

  return {
    run: (work) => track(() => work(orm.em.fork())),
    transact: (work, options) => track(() => orm.em.fork().transactional(work, options)),
    async close() {
      isClosing = true;
      // A pool that is ended under a transaction never says that it has ended.
      await Promise.allSettled(running);
      await orm.close();
    },
  };
}
