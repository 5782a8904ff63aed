import type { Units } from '../units.ts';

/** How far the clock of a process's machine was from the database's when it last looked. */
export interface ProcessClock {
  /** As the process calls itself, such as "worker 42@host". */
  process: string;
  /** Milliseconds; positive: the machine's clock is ahead. */
  offsetMs: number;
}

/** What processes tell of their clocks, so that one place can be asked about all of them. */
export interface ClockStore {
  /** Notes the offset of one process, and forgets those that have told nothing for an hour. */
  tell(process: string, offsetMs: number): Promise<void>;
  /** Of the processes that told theirs within so many seconds, by name. */
  list(withinSeconds: number): Promise<ProcessClock[]>;
}

export function createClockStore(units: Units): ClockStore {
  return {
    tell: (process, offsetMs) =>
      units.transact(async (em) => {
        await em.execute(
          `insert into process_clock (process, offset_ms, looked_at) values (?, ?, now())
           on conflict (process) do update set offset_ms = excluded.offset_ms, looked_at = now()`,
          [process, offsetMs],
        );
        await em.execute(`delete from process_clock where looked_at < now() - interval '1 hour'`);
      }),
    list: (withinSeconds) =>
      units.run(async (em) => {
        const rows = await em.execute<{ process: string; offset_ms: number }[]>(
          `select process, offset_ms from process_clock
            where looked_at > now() - make_interval(secs => ?) order by process`,
          [withinSeconds],
        );
        return rows.map(({ process, offset_ms: offsetMs }) => ({ process, offsetMs }));
      }),
  };
}
