import type { Units } from '../units.ts';

/**
 * Sessions of people's browsers at the approval gateway. Only a hash of each is kept, so that whoever reads the table can
 * use none. All times are the database's, because processes' clocks differ.
 */
export interface SessionStore {
  /** Begins a session and ends what is over and, of the same person's others, all but the newest `keep - 1`. */
  begin(session: { hash: string; sub: string; limits: SessionLimits; keep: number }): Promise<void>;
  /** Whether the session lives; then it was used just now. */
  use(hash: string, limits: SessionLimits): Promise<boolean>;
  /** Ends one session; one that does not exist is over already. */
  end(hash: string): Promise<void>;
  /** Ends every session of a person and answers how many there were. */
  endAll(sub: string): Promise<number>;
}

export interface SessionLimits {
  /** Longest time without a request, seconds. */
  idleSeconds: number;
  /** Longest life, seconds. */
  lifeSeconds: number;
}

const IS_OVER = `(started_at <= now() - make_interval(secs => ?) or used_at <= now() - make_interval(secs => ?))`;

export function createSessionStore(units: Units): SessionStore {
  return {
    begin: ({ hash, sub, limits, keep }) =>
      units.transact(async (em) => {
        // Sign-ins of one person take turns, or two at once would each keep the other's.
        await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`gateway_session/${sub}`]);
        await em.execute(`delete from gateway_session where ${IS_OVER}`, [limits.lifeSeconds, limits.idleSeconds]);
        await em.execute(
          `delete from gateway_session where sub = ? and session_hash not in
             (select session_hash from gateway_session where sub = ? order by started_at desc limit ?)`,
          [sub, sub, keep - 1],
        );
        await em.execute(
          `insert into gateway_session (session_hash, sub, started_at, used_at)
           values (?, ?, clock_timestamp(), clock_timestamp())`,
          [hash, sub],
        );
      }),
    use: (hash, { idleSeconds, lifeSeconds }) =>
      units.run(async (em) => {
        const rows = await em.execute<{ is_stale: boolean }[]>(
          `select used_at < now() - make_interval(secs => ?) as is_stale from gateway_session
           where session_hash = ? and not ${IS_OVER}`,
          [idleSeconds / 30, hash, lifeSeconds, idleSeconds],
        );
        // A page asks for a hundred things; one of them a minute is noted.
        if (rows[0]?.is_stale === true) {
          await em.execute('update gateway_session set used_at = now() where session_hash = ?', [hash]);
        }
        return rows.length > 0;
      }),
    end: (hash) =>
      units.run(async (em) => {
        await em.execute('delete from gateway_session where session_hash = ?', [hash]);
      }),
    endAll: (sub) =>
      units.run(async (em) => {
        const rows = await em.execute<unknown[]>('delete from gateway_session where sub = ? returning 1', [sub]);
        return rows.length;
      }),
  };
}
