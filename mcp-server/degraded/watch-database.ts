import type { Logger } from 'pino';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { DatabaseAway, isDatabaseAway } from '../../shared/platform/persistence/database-error.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';
import { answerInTime } from '../call/answer-in-time.ts';
import { readOnlyRefusal } from './read-only-refusal.ts';

export type DatabaseCondition = 'ok' | 'read_only' | 'away';

/** What this process knows of the database without asking it. */
export interface DatabaseWatch {
  condition(): DatabaseCondition;
  /** Since when nothing is known of it any more, ISO 8601; null while it answers. */
  awaySince(): string | null;
  /** Whether it is away, and for no longer than reads may go on. */
  readsGoOn(): boolean;
  /**
   * The answer of a query, or `known` of a database that is away, as one is that does not answer in time. Fails with
   * SERVICE_UNAVAILABLE when it has been away for longer than reads may go on.
   */
  elseKnown<T>(query: () => Promise<T>, known: () => T): Promise<T>;
  /** Looks now; it never fails. */
  look(): Promise<void>;
  /** Fails with SERVICE_READ_ONLY while nothing can be written. */
  demandWritable(): void;
  close(): void;
}

export interface DatabaseWatchOptions {
  database: Pick<Database, 'condition'>;
  /** Reads what is to be known while the database is away; a failure counts as one of the database. */
  refresh: () => Promise<void>;
  /** Without the database reads go on for so long, milliseconds; 0: they do not. */
  readsMs: number;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  metrics: Pick<Metrics, 'databaseCondition'>;
  /** Between two looks, milliseconds. Default 2000. */
  everyMs?: number;
  /** Silence after which a read takes the database for away, milliseconds; the look itself waits twice as long. Default 5000. */
  patienceMs?: number;
  /** Default: a clock that nobody sets, or reads would go on for longer when the clock is set back. */
  now?: () => number;
}

const AS_NUMBER: Readonly<Record<DatabaseCondition, number>> = { ok: 0, read_only: 1, away: 2 };
const LATE = Symbol('late');

/** Looks at the database all the time, so that nobody who asks for something waits to learn that it is away. */
export function watchDatabase(options: DatabaseWatchOptions): DatabaseWatch {
  const { database, refresh, readsMs, log, metrics, everyMs = 2_000, patienceMs = 5_000 } = options;
  const { now = () => performance.now() } = options;
  let condition: DatabaseCondition = 'ok';
  let answeredAt = now();
  let running: Promise<void> | null = null;

  function enter(next: DatabaseCondition, err?: unknown): void {
    if (next === condition) return;
    const before = condition;
    condition = next;
    metrics.databaseCondition.set(AS_NUMBER[next]);
    if (next === 'ok') log.info({ before, awaySeconds: secondsAway() }, 'database takes reads and writes again');
    else if (next === 'read_only') log.warn({ before }, 'database takes no writes; reads go on');
    else log.error({ err, readsGoOnSeconds: readsMs / 1000 }, 'database is away; writes are refused');
  }

  const secondsAway = (): number => Math.round((now() - answeredAt) / 1000);

  async function look(): Promise<void> {
    const startedAt = now();
    const { isReadOnly } = await database.condition();
    await refresh();
    enter(isReadOnly ? 'read_only' : 'ok');
    answeredAt = startedAt;
  }

  /** The look itself goes on when it is late: until it ends there is no other, and if it succeeds the database is back. */
  async function lookOnce(): Promise<void> {
    running ??= look().finally(() => {
      running = null;
    });
    try {
      const late = answerInTime(running, () => LATE, 2 * patienceMs);
      if ((await late) === LATE) enter('away', new Error('no answer in time'));
    } catch (error) {
      enter('away', error);
    }
  }

  const timer = setInterval(() => {
    if (running === null) void lookOnce();
  }, everyMs);
  timer.unref();
  metrics.databaseCondition.set(AS_NUMBER.ok);
  void lookOnce();

  const isInTime = (): boolean => now() - answeredAt <= readsMs;

  function knownOf<T>(known: () => T): T {
    if (!isInTime()) throw new DatabaseAway(`no answer for ${secondsAway()} s`);
    return known();
  }

  return {
    condition: () => condition,
    awaySince: () => (condition === 'away' ? new Date(currentMs() - (now() - answeredAt)).toISOString() : null),
    look: lookOnce,
    readsGoOn: () => condition === 'away' && isInTime(),
    async elseKnown(query, known) {
      if (readsMs === 0) return query();
      if (condition === 'away') return knownOf(known);
      try {
        const answer = await answerInTime(
          query().then((value) => ({ value })),
          () => null,
          patienceMs,
        );
        if (answer !== null) return answer.value;
        enter('away', new Error('no answer in time'));
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        enter('away', error);
      }
      return knownOf(known);
    },
    demandWritable() {
      if (condition === 'ok') return;
      if (condition === 'away') throw readOnlyRefusal(null);
      throw new AppError('SERVICE_READ_ONLY', {
        message: 'The database takes no writes at the moment, so nothing was changed.',
        hint: 'Reads go on. Repeat the call when /readyz says that the database takes writes again.',
        details: { retryAfterSeconds: 5 },
      });
    },
    close: () => clearInterval(timer),
  };
}
