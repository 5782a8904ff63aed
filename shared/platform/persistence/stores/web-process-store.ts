import type { EntityManager } from '@mikro-orm/postgresql';
import type { Units } from '../units.ts';

/** A place of an open stream. */
export interface StreamLease {
  leaseId: string;
  sub: string;
}

export interface HeldStreams {
  open: readonly StreamLease[];
  /** Ids of leases that were given back, in case that was lost. */
  released: readonly string[];
}

/** The web processes of a deployment and what they share. All times are the database's, because processes' clocks differ. */
export interface WebProcessStore {
  /**
   * Says that the process lives, which streams it has open and which it has no more; forgets the processes that have been
   * silent for `silentMs`, and their streams. Answers how many live, this one among them.
   */
  beat(processId: string, streams: HeldStreams, silentMs: number): Promise<number>;
  /** Takes a place for a stream unless the subject has `most` of them in all living processes; answers whether it did. */
  takeStream(processId: string, lease: StreamLease, limits: { most: number; silentMs: number }): Promise<boolean>;
  releaseStream(leaseId: string): Promise<void>;
  /** Says that the process ends. */
  leave(processId: string): Promise<void>;
}

export function createWebProcessStore(units: Units): WebProcessStore {
  return {
    beat: (processId, { open, released }, silentMs) =>
      units.transact(async (em) => {
        await sayAlive(em, processId);
        await em.execute(
          `delete from web_process where process_id <> ? and heartbeat_at <= now() - ? * interval '1 millisecond'`,
          [processId, silentMs],
        );
        await em.execute(
          `delete from stream_lease where process_id not in (select process_id from web_process) or lease_id in (?)`,
          [['', ...released]],
        );
        // Again, where they were taken from a process that only seemed dead.
        await em.execute(
          `insert into stream_lease (lease_id, sub, process_id)
           select lease->>'leaseId', lease->>'sub', ? from json_array_elements(?::json) as lease on conflict do nothing`,
          [processId, JSON.stringify(open)],
        );
        const [row] = await em.execute<{ living: string }[]>('select count(*) as living from web_process');
        return Number(row?.living ?? 1);
      }),
    takeStream: (processId, { leaseId, sub }, { most, silentMs }) =>
      units.transact(async (em) => {
        await em.execute(`select pg_advisory_xact_lock(hashtextextended('stream/' || ?, 0))`, [sub]);
        const [row] = await em.execute<{ open: string }[]>(
          `select count(*) as open from stream_lease join web_process using (process_id)
           where sub = ? and heartbeat_at > now() - ? * interval '1 millisecond'`,
          [sub, silentMs],
        );
        if (Number(row?.open ?? 0) >= most) return false;
        await sayAlive(em, processId);
        await em.execute('insert into stream_lease (lease_id, sub, process_id) values (?, ?, ?)', [
          leaseId,
          sub,
          processId,
        ]);
        return true;
      }),
    releaseStream: (leaseId) =>
      units.run(async (em) => {
        await em.execute('delete from stream_lease where lease_id = ?', [leaseId]);
      }),
    leave: (processId) =>
      units.transact(async (em) => {
        await em.execute('delete from stream_lease where process_id = ?', [processId]);
        await em.execute('delete from web_process where process_id = ?', [processId]);
      }),
  };
}

async function sayAlive(em: EntityManager, processId: string): Promise<void> {
  await em.execute(
    `insert into web_process (process_id, heartbeat_at) values (?, now())
     on conflict (process_id) do update set heartbeat_at = now()`,
    [processId],
  );
}
