import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { translateDatabaseError } from './database-error.ts';

/** Runs one call's work on an entity manager of its own, so that no call sees another's entities. */
export interface Units {
  /** Without a transaction around it. */
  run<T>(work: (em: EntityManager) => Promise<T>): Promise<T>;
  /** All of the work or none of it. */
  transact<T>(work: (em: EntityManager) => Promise<T>): Promise<T>;
}

/** Failures of the driver come out as AppErrors. */
export function createUnits(orm: MikroORM): Units {
  return {
    run: async (work) => {
      try {
        return await work(orm.em.fork());
      } catch (error) {
        throw translateDatabaseError(error);
      }
    },
    transact: async (work) => {
      try {
        return await orm.em.fork().transactional(work);
      } catch (error) {
        throw translateDatabaseError(error);
      }
    },
  };
}
