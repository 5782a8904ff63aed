import type { ServerResponse } from 'node:http';
import { AppError } from '../../shared/errors/app-error.ts';
import { ALONE, type Deployment } from './deployment.ts';
import { onClosed } from './on-closed.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface StreamRequest {
  /** Whose stream it is. */
  sub: string;
  response: ServerResponse;
  /** When the token that opened it expires, seconds since 1970: nobody keeps hearing what a new token would not show. */
  expiresAtSeconds: number;
  /** Fails when whoever opened it may hear no more, as when their access was revoked. */
  stillGood?: () => Promise<unknown>;
}

/**
 * Places for answers that stay open: subscriptions and server-sent events. One set of places serves all web processes of a
 * deployment, so that a person has no more of them by using two surfaces or two processes.
 */
export interface StreamLimits {
  /**
   * Takes a place until the response closes, however that happens. Fails with RATE_LIMITED when the principal has no place
   * left and with SERVICE_UNAVAILABLE when nobody has, so it is asked before the head of the answer is written. The signal
   * is aborted when the stream must end: the token expired, or the response is closed; a response that is not ended a
   * second later is cut off. One that takes nothing of what is written to it for 30 s is cut off without asking.
   */
  take(stream: StreamRequest): Promise<AbortSignal>;
  /** Ends the streams of those who may hear no more. */
  lookAgain(): void;
}

export interface StreamLimitOptions {
  /** Streams of one principal, in all web processes together. Default 5. */
  perPrincipal?: number;
  /** With whom places are shared. Default: with nobody. */
  deployment?: Pick<Deployment, 'takeStream'>;
  /** Streams of everybody in this process. Default 1000. */
  inAll?: number;
  /** How long a reader may leave what was written to it, milliseconds. Default 30 000. */
  stalledMs?: number;
  /** Called when a place is taken: an open stream is no longer a request in flight. */
  onTaken?: (response: ServerResponse) => void;
}

/** Places are asked for again after this long, seconds: streams come and go with windows and tabs. */
const RETRY_AFTER_SECONDS = 30;
/** Between the wish that a stream ends and its end by force, milliseconds. */
const END_GRACE_MS = 1_000;
/** Node's timers hold no more; a stream that may stay open so long is looked at again by its next token. */
const LONGEST_MS = 2 ** 31 - 1;

export function createStreamLimits(options: StreamLimitOptions = {}): StreamLimits {
  const { perPrincipal = 5, inAll = 1000, stalledMs = 30_000, onTaken = () => {}, deployment = ALONE } = options;
  const open = new Map<string, number>();
  const looks = new Set<() => void>();
  let total = 0;

  const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };

  function tooMany(): AppError {
    return new AppError('RATE_LIMITED', {
      message: `You have ${perPrincipal} open streams; more are not served at the same time.`,
      hint: 'Close one of them first.',
      details,
    });
  }

  function takeHere(sub: string): () => void {
    if ((open.get(sub) ?? 0) >= perPrincipal) throw tooMany();
    if (total >= inAll) {
      throw new AppError('SERVICE_UNAVAILABLE', { message: 'No more streams can be opened here for now.', details });
    }
    open.set(sub, (open.get(sub) ?? 0) + 1);
    total += 1;
    return () => {
      const left = (open.get(sub) ?? 1) - 1;
      if (left > 0) open.set(sub, left);
      else open.delete(sub);
      total -= 1;
    };
  }

  /** What gives the place back; of those in all processes it is asked only when there is one here. */
  async function takePlace(sub: string): Promise<() => void> {
    const leaveHere = takeHere(sub);
    try {
      const giveBack = await deployment.takeStream(sub, perPrincipal);
      if (giveBack === null) throw tooMany();
      return () => {
        leaveHere();
        giveBack();
      };
    } catch (error) {
      leaveHere();
      throw error;
    }
  }

  return {
    lookAgain() {
      for (const look of looks) look();
    },
    async take({ sub, response, expiresAtSeconds, stillGood }) {
      const leave = await takePlace(sub);
      onTaken(response);
      const end = new AbortController();
      const lastsMs = Math.min(LONGEST_MS, Math.max(0, expiresAtSeconds * 1000 - currentMs()));
      const finish = (): void => {
        end.abort();
        setTimeout(() => response.destroy(), END_GRACE_MS).unref();
      };
      const expiry = setTimeout(finish, lastsMs);
      expiry.unref();
      const look = (): void => void stillGood?.().catch(finish);
      looks.add(look);
      const stopWatching = cutOffWhenStalled(response, stalledMs);
      onClosed(response, () => {
        clearTimeout(expiry);
        looks.delete(look);
        stopWatching();
        leave();
        end.abort();
      });
      return end.signal;
    },
  };
}

/**
 * Cuts a response off whose reader had something left to take at every look within `stalledMs`. Events are small: a reader
 * that keeps up has taken everything at one of the looks, and one that never does would only collect memory here.
 */
function cutOffWhenStalled(response: ServerResponse, stalledMs: number): () => void {
  const LOOKS = 6;
  let behind = 0;
  const timer = setInterval(() => {
    behind = response.writableLength > 0 ? behind + 1 : 0;
    if (behind > LOOKS) response.destroy();
  }, stalledMs / LOOKS);
  timer.unref();
  return () => clearInterval(timer);
}
