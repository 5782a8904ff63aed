import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../../errors/app-error.ts';
import type { ChainLink } from './audit-chain.ts';
import { createOrm } from './orm.ts';
import { createUnits } from './units.ts';

export interface PruneOptions {
  /** The owner of the tables; Convoy's own role may not remove anything. */
  ownerUrl: string;
  /** Only entries older than this go. */
  before: Date;
  /** Who removes them, and why. */
  actor: string;
  comment: string;
  /** Nothing younger goes. Default 365. */
  minAgeDays?: number;
}

export interface PrunedAudit {
  removed: number;
  /** The last entry that was removed: the chain continues from its hash. Null when there was nothing to remove. */
  through: ChainLink | null;
}

/** How long audit entries are kept at least. */
export const MIN_AGE_DAYS = 365;

const DAY_MS = 86_400_000;

/**
 * Removes the oldest entries of the audit, from its beginning to the first one that is young enough, and keeps the hash that
 * the chain continues from. That it was done is an entry itself, in the same transaction. Fails with VALIDATION_ERROR for
 * entries that must be kept.
 */
export async function pruneAudit(options: PruneOptions): Promise<PrunedAudit> {
  const { ownerUrl, before, minAgeDays = MIN_AGE_DAYS } = options;
  const units = createUnits(createOrm({ url: ownerUrl, poolMax: 1, statementTimeoutMs: 0 }));
  try {
    return await units.transact(async (em) => {
      await demandOld(em, before, minAgeDays);
      return prune(em, options);
    });
  } finally {
    await units.close();
  }
}

/** By the clock of the database: that of the machine this runs on may have been set. */
async function demandOld(em: EntityManager, before: Date, minAgeDays: number): Promise<void> {
  const [row] = await em.execute<{ ms: string }[]>('select extract(epoch from now()) * 1000 as ms');
  const latest = new Date(Number(row?.ms) - minAgeDays * DAY_MS);
  if (before <= latest) return;
  throw new AppError('VALIDATION_ERROR', {
    message: `--before: ${before.toISOString()} is less than ${minAgeDays} days ago.`,
    hint: `Entries before ${latest.toISOString()} can be removed.`,
  });
}

async function prune(em: EntityManager, { before, actor, comment }: PruneOptions): Promise<PrunedAudit> {
  // Nothing is appended meanwhile, and nobody else removes anything.
  await em.execute('select from audit_head for update');
  const [last] = await em.execute<{ seq: string; hash: string }[]>(
    `select seq, hash from audit_event where seq < coalesce(
       (select min(seq) from audit_event where at >= ?), (select seq from audit_head))
     order by seq desc limit 1`,
    [before.toISOString()],
  );
  if (last === undefined) return { removed: 0, through: null };
  const through = { seq: Number(last.seq), hash: last.hash };
  const [count] = await em.execute<{ removed: string }[]>(
    'select count(*) as removed from audit_event where seq <= ?',
    [through.seq],
  );
  const removed = Number(count?.removed);
  const recorded = await em.execute<unknown[]>(
    `insert into audit_event (key, at, action, actor, via, outcome, arguments, details)
     values (?, clock_timestamp(), 'audit.prune', ?, 'cli', 'ok', ?, ?) returning seq`,
    [
      `audit/prune/${through.seq}`,
      actor,
      JSON.stringify({ before: before.toISOString(), comment }),
      JSON.stringify({ removed, throughSeq: through.seq, throughHash: through.hash }),
    ],
  );
  if (recorded.length === 0) {
    throw new AppError('CONFLICT', {
      message: `An entry says already that entries up to ${through.seq} were removed.`,
    });
  }
  await em.execute('insert into audit_checkpoint (seq, hash) values (?, ?)', [through.seq, through.hash]);
  await em.execute('delete from audit_event where seq <= ?', [through.seq]);
  return { removed, through };
}
