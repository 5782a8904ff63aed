import { IsolationLevel } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../../../errors/app-error.ts';
import { CHAIN_COLUMNS, CHAIN_START, hashOfEntry, type ChainEntry, type ChainLink } from '../audit-chain.ts';
import type { Units } from '../units.ts';
import { currentMs } from '../../process/platform-clock.ts';

export interface VerifyOptions {
  /** First entry to look at; the hash before it is taken as it is. Default: where the chain begins. */
  fromSeq?: number;
  /** Places of the chain that were noted elsewhere, for instance in the log. */
  anchors?: readonly ChainLink[];
  /** Stops at about this time, milliseconds since 1970. Default: reads to the end. */
  deadlineMs?: number;
}

/**
 * `edited`: an entry does not have the hash it was given. `removed`: entries are missing. `inserted`: there is one that was
 * never appended. `unlinked`: an entry does not continue the one before it: one of them was put in another's place.
 * `anchor`, `checkpoint`, `head`: what was kept of the chain besides its entries says something else.
 */
export type BreakKind = 'edited' | 'removed' | 'inserted' | 'unlinked' | 'anchor' | 'checkpoint' | 'head';

export interface ChainBreak {
  /** The entry at which it shows. */
  seq: number;
  kind: BreakKind;
  /** A sentence for people. */
  message: string;
}

export interface AuditVerification {
  ok: boolean;
  /** Entries that were looked at. */
  entries: number;
  firstBreak?: ChainBreak;
  /** The last entry that was looked at and is right; `seq` 0 in an empty audit. Worth noting as an anchor. */
  through: ChainLink;
  /** False when the time was up before the end. */
  isComplete: boolean;
}

/** Entries read at once. */
const PAGE = 2_000;

/** All of it sees the audit as it was at one moment, whatever is appended or removed meanwhile. */
export function verifyAudit(units: Units, options: VerifyOptions = {}): Promise<AuditVerification> {
  return units.transact((em) => walk(em, options), {
    isolationLevel: IsolationLevel.REPEATABLE_READ,
    readOnly: true,
  });
}

async function walk(em: EntityManager, options: VerifyOptions): Promise<AuditVerification> {
  const { fromSeq, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const kept = await keptOfChain(em, options.anchors ?? []);
  const checkpoint = kept.checkpoint ?? CHAIN_START;
  if (fromSeq !== undefined && fromSeq > (kept.head?.seq ?? 0) + 1) throw beyondTheEnd(fromSeq, kept.head?.seq ?? 0);
  const before = fromSeq === undefined || fromSeq <= checkpoint.seq + 1 ? checkpoint : await linkBefore(em, fromSeq);
  const start = before ?? { seq: Number(fromSeq) - 1, hash: '' };
  let through: ChainLink = start;
  let entries = 0;
  const ended = (firstBreak: ChainBreak | null, isComplete: boolean): AuditVerification => ({
    ok: firstBreak === null,
    entries,
    ...(firstBreak === null ? {} : { firstBreak }),
    through,
    isComplete,
  });

  if (before === null)
    return ended({ seq: start.seq, kind: 'removed', message: `Entry ${start.seq} is missing.` }, true);
  const atStart = brokenCheckpoint(kept) ?? brokenAnchor(kept, start);
  if (atStart !== null) return ended(atStart, true);
  for (;;) {
    const page = await em.execute<ChainEntry[]>(
      `select ${CHAIN_COLUMNS} from audit_event where seq > ? order by audit_event.seq limit ${PAGE}`,
      [through.seq],
    );
    for (const entry of page) {
      const link = { seq: Number(entry.seq), hash: entry.hash };
      entries += 1;
      const broken = brokenEntry(entry, through, kept.head) ?? brokenAnchor(kept, link);
      if (broken !== null) return ended(broken, true);
      through = link;
    }
    if (page.length < PAGE) break;
    if (currentMs() >= deadlineMs) return ended(null, false);
  }
  return ended(brokenEnd(kept, through), true);
}

interface KeptOfChain {
  head: ChainLink | null;
  checkpoint: ChainLink | null;
  /** Whether an entry of the audit tells of the checkpoint. */
  isCheckpointRecorded: boolean;
  anchors: Map<number, string[]>;
  lastAnchorSeq: number;
}

async function keptOfChain(em: EntityManager, given: readonly ChainLink[]): Promise<KeptOfChain> {
  const [head] = await em.execute<LinkRow[]>('select seq, hash from audit_head');
  const [checkpoint] = await em.execute<(LinkRow & { is_recorded: boolean })[]>(
    `select seq, hash, exists (
       select from audit_event where key = 'audit/prune/' || checkpoint.seq
         and details->>'throughHash' = checkpoint.hash and outcome = 'ok'
     ) as is_recorded from audit_checkpoint checkpoint order by seq desc limit 1`,
  );
  const stored = await em.execute<LinkRow[]>('select seq, hash from audit_anchor');
  const anchors = new Map<number, string[]>();
  for (const { seq, hash } of [...stored, ...given]) {
    anchors.set(Number(seq), [...(anchors.get(Number(seq)) ?? []), hash]);
  }
  return {
    head: toLink(head),
    checkpoint: toLink(checkpoint),
    isCheckpointRecorded: checkpoint?.is_recorded ?? true,
    anchors,
    lastAnchorSeq: Math.max(0, ...anchors.keys()),
  };
}

/** The entry before; null when it is missing. */
async function linkBefore(em: EntityManager, fromSeq: number): Promise<ChainLink | null> {
  const [row] = await em.execute<LinkRow[]>('select seq, hash from audit_event where seq = ?', [fromSeq - 1]);
  return toLink(row);
}

function beyondTheEnd(fromSeq: number, lastSeq: number): AppError {
  return new AppError('VALIDATION_ERROR', {
    message: `The first entry to look at is ${fromSeq}, and the audit ends with entry ${lastSeq}.`,
  });
}

function brokenEntry(entry: ChainEntry, before: ChainLink, head: ChainLink | null): ChainBreak | null {
  const seq = Number(entry.seq);
  if (seq > before.seq + 1) {
    const missing =
      seq === before.seq + 2 ? `Entry ${before.seq + 1} is` : `Entries ${before.seq + 1} to ${seq - 1} are`;
    return { seq: before.seq + 1, kind: 'removed', message: `${missing} missing.` };
  }
  if (hashOfEntry(entry) !== entry.hash) {
    return { seq, kind: 'edited', message: `Entry ${seq} was changed: what it holds does not have its hash.` };
  }
  if (entry.prev_hash !== before.hash) {
    const message = `Entry ${seq} does not continue entry ${before.seq}: one of them was put in another's place.`;
    return { seq, kind: 'unlinked', message };
  }
  if (head !== null && seq > head.seq) {
    const message = `Entry ${seq} was never appended: the chain ends with entry ${head.seq}.`;
    return { seq, kind: 'inserted', message };
  }
  return null;
}

function brokenAnchor({ anchors }: KeptOfChain, { seq, hash }: ChainLink): ChainBreak | null {
  const isAsAnchored = anchors.get(seq)?.every((anchored) => anchored === hash) ?? true;
  if (isAsAnchored) return null;
  const message = `Entry ${seq} has another hash than the anchor that was taken of it: the chain up to here, or the anchor, was made anew.`;
  return { seq, kind: 'anchor', message };
}

function brokenCheckpoint({ checkpoint, isCheckpointRecorded }: KeptOfChain): ChainBreak | null {
  if (checkpoint === null || isCheckpointRecorded) return null;
  const message = `No entry tells of the removal of the entries up to ${checkpoint.seq}.`;
  return { seq: checkpoint.seq, kind: 'checkpoint', message };
}

function brokenEnd({ head, lastAnchorSeq }: KeptOfChain, last: ChainLink): ChainBreak | null {
  const known = Math.max(head?.seq ?? 0, lastAnchorSeq);
  if (last.seq < known) {
    const message = `The entries from ${last.seq + 1} on are missing: the chain went on to entry ${known}.`;
    return { seq: last.seq + 1, kind: 'removed', message };
  }
  if (head?.seq === last.seq && head.hash === last.hash) return null;
  return { seq: last.seq, kind: 'head', message: `The kept end of the chain is not entry ${last.seq} as it is.` };
}

interface LinkRow {
  seq: string | number;
  hash: string;
}

function toLink(row: LinkRow | undefined): ChainLink | null {
  return row === undefined ? null : { seq: Number(row.seq), hash: row.hash };
}
