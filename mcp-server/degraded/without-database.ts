import type { Logger } from 'pino';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { isDatabaseAway } from '../../shared/platform/persistence/database-error.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { Dependency } from '../../shared/platform/process/readiness.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { PersonRecorder } from '../auth/principal.ts';
import type { Revocations } from '../auth/revocations.ts';
import { answerInTime } from '../call/answer-in-time.ts';
import { createKnownDevices } from './known-devices.ts';
import { watchDatabase } from './watch-database.ts';

/** What goes on while the database is away: reads, for a while, by what was known of the registry. */
export interface WithoutDatabase {
  devices: Pick<DeviceStore, 'find' | 'list'>;
  /** Since when answers are from memory, ISO 8601; null while the database answers. */
  awaySince(): string | null;
  /** Fails with SERVICE_READ_ONLY while nothing can be changed, or while revocations may have been missed. */
  demandWritable(): Promise<void>;
  /** As the database's own; one that is away while reads go on is degraded and not down. */
  dependency(ofDatabase: Dependency): Dependency;
  /** Remembers people where that is possible: who only reads is let in without. */
  people(recorder: PersonRecorder): PersonRecorder;
  close(): void;
}

export interface WithoutDatabaseOptions {
  database: Pick<Database, 'condition' | 'devices' | 'registry'>;
  revocations: Pick<Revocations, 'demandFresh'>;
  /** Without the database reads go on for so long, milliseconds; 0: they do not. */
  readsMs: number;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  metrics: Pick<Metrics, 'databaseCondition'>;
}

/** So long is waited for a person to be remembered. */
const PATIENCE_MS = 2_000;

export function createWithoutDatabase(options: WithoutDatabaseOptions): WithoutDatabase {
  const { database, revocations, log } = options;
  const known = createKnownDevices(database);
  const watch = watchDatabase({
    ...options,
    refresh: () => (options.readsMs > 0 ? known.refresh() : Promise.resolve()),
  });

  async function remember(record: () => Promise<void>): Promise<void> {
    if (watch.condition() !== 'ok') return;
    try {
      await answerInTime(record(), () => undefined, PATIENCE_MS);
    } catch (error) {
      const isReadOnly = error instanceof AppError && error.code === 'SERVICE_READ_ONLY';
      if (!isReadOnly && !isDatabaseAway(error)) throw error;
      log.warn({ err: error }, 'person not remembered');
    }
  }

  return {
    devices: {
      find: (ref) =>
        watch.elseKnown(
          () => database.devices.find(ref),
          () => known.find(ref),
        ),
      list: (request) =>
        watch.elseKnown(
          () => database.devices.list(request),
          () => known.list(request),
        ),
    },
    awaySince: () => watch.awaySince(),
    async demandWritable() {
      watch.demandWritable();
      await revocations.demandFresh();
    },
    dependency: ({ name, check }) => ({
      name,
      async check() {
        if (watch.readsGoOn()) return { degraded: 'It is away: routers can be read, and nothing can be changed.' };
        const condition = await check();
        // What is said here is what the next call meets.
        await watch.look();
        return condition;
      },
    }),
    people: (recorder) => ({
      record: (principal, claims) => remember(() => recorder.record(principal, claims)),
      note: (principal, claims) => remember(() => recorder.note(principal, claims)),
    }),
    close: () => watch.close(),
  };
}
