import { writeOutcome, type SeenAfterwards } from '../../shared/domain/write-outcome.ts';
import { AppError, type AppErrorOptions } from '../../shared/errors/app-error.ts';
import type { WriteResult } from '../../shared/routeros/router.ts';
import type { RestReply } from './exchange.ts';
import { failureOf, refusalOf } from './refusals.ts';
import { isSuccess } from './rest-read.ts';
import type { OutgoingRequest, RestLink } from './rest-link.ts';

/** What a write goes over. */
export interface WriteLinks {
  link: RestLink;
  /** A connection of its own, for reading after an unclear write. */
  fresh: () => RestLink;
  signal?: AbortSignal;
  /** Asked before the write is put in line; it may ask the router. */
  beforeWrite?: () => Promise<void>;
  /** Asked when it is the write's turn, just before it leaves. */
  mayWrite?: () => Promise<void>;
}

export interface SettledWrite {
  menu: string;
  request: OutgoingRequest;
  /** Whether the reply itself proves that the write is in place; may read over the kept connection. */
  confirms: (reply: RestReply) => boolean | Promise<boolean>;
  /** Reads over the given connection which side of the write the router holds. */
  look: (link: RestLink) => Promise<SeenAfterwards>;
}

/**
 * Sends one write, once, and ends only when its outcome is known or cannot be known: applied, or an error whose
 * `details.outcome` is `not_applied`, or OUTCOME_UNKNOWN. Whatever is not a clear yes is settled by reading over a new
 * connection; a router works on one request of a user at a time, so a read that is answered comes after the write.
 */
export async function settleWrite(links: WriteLinks, write: SettledWrite): Promise<WriteResult> {
  await links.beforeWrite?.();
  const doubt = await sendOnce(links, write);
  if (doubt === null) return { outcome: 'applied' };
  const { code } = doubt.judged;
  if (writeOutcome(code, 'unreadable') === 'not_applied') throw notApplied(doubt.reported);
  const { seen, problem } = await lookAgain(links, write);
  const outcome = writeOutcome(code, seen);
  if (outcome === 'applied') return { outcome };
  if (outcome === 'not_applied') throw notApplied(doubt.reported);
  throw new AppError('OUTCOME_UNKNOWN', {
    message: unknownMessage(write.menu, seen),
    hint: 'Read the entry before trying again.',
    details: { menu: write.menu, seen, lastFailure: doubt.reported.code },
    cause: problem ?? doubt.judged,
  });
}

/** Why a write did not end with a clear yes: judged as a write, and as it is reported when nothing was written. */
interface Doubt {
  judged: AppError;
  reported: AppError;
}

/** Null when the reply confirms the write. Errors of our own side from before the request left are thrown as they are. */
async function sendOnce({ link, signal, mayWrite }: WriteLinks, write: SettledWrite): Promise<Doubt | null> {
  const { menu, request, confirms } = write;
  let reply: RestReply;
  try {
    reply = await link.send({ ...request, mayLeave: mayWrite }, signal);
  } catch (error) {
    const judged = failureOf(error, { menu, effect: 'write' });
    const reported = failureOf(error, { menu, effect: 'read' });
    if (!(judged instanceof AppError && reported instanceof AppError)) throw error;
    return { judged, reported };
  }
  if (!isSuccess(reply)) {
    const judged = refusalOf(reply, { menu, effect: 'write' });
    return {
      judged,
      reported: judged.code === 'OUTCOME_UNKNOWN' ? refusalOf(reply, { menu, effect: 'read' }) : judged,
    };
  }
  const details = { menu, httpStatus: reply.status };
  const judged = new AppError('OUTCOME_UNKNOWN', { details });
  try {
    if (await confirms(reply)) return null;
  } catch (error) {
    if (error instanceof AppError) return { judged, reported: error };
    throw error;
  }
  const message = `The device confirmed a write to ${menu} and does not hold it.`;
  return { judged, reported: new AppError('VERIFICATION_FAILED', { message, details }) };
}

async function lookAgain(
  { fresh }: WriteLinks,
  { look }: SettledWrite,
): Promise<{ seen: SeenAfterwards; problem?: unknown }> {
  const link = fresh();
  try {
    return { seen: await look(link) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_ENTRY_AMBIGUOUS')
      return { seen: 'foreign', problem: error };
    return { seen: 'unreadable', problem: error };
  } finally {
    await link.close();
  }
}

function notApplied(error: AppError): AppError {
  const options: AppErrorOptions = {
    message: error.message,
    details: { ...error.details, outcome: 'not_applied' },
    cause: error.cause,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
  return new AppError(error.code, options);
}

function unknownMessage(menu: string, seen: SeenAfterwards): string {
  return seen === 'unreadable'
    ? `A write to ${menu} was sent, and afterwards the device could not be read.`
    : `A write to ${menu} was sent, and the device holds neither what was there nor what was wanted.`;
}
