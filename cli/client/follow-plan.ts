import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { readEvents } from './event-stream.ts';
import { mergeProgress } from './merge-progress.ts';
import { PlanProgressView, PlanView } from './shapes.ts';

/** What there is to say of a plan that is followed. */
export type PlanNews = { is: 'plan'; plan: PlanView } | { is: 'lost'; why: string };

export interface FollowPlanOptions {
  /** Opens the plan's events after those the client has, with a token that is good now; null when nothing more comes. */
  open: (lastEventId: string | null, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array> | null>;
  /** Ends it. */
  signal: AbortSignal;
  /** Without a sign of life for so long the connection counts as lost; the platform sends one every 15 s. Default 45 000. */
  silentMs?: number;
  /** Between attempts, at most. Default 10 000. */
  longestPauseMs?: number;
  /** It is given up when no attempt came through for so long. Default: ten minutes. */
  giveUpMs?: number;
}

const EndEvent = z.looseObject({ reason: z.string() });
const FIRST_PAUSE_MS = 500;

/**
 * Follows a plan until it is settled: all of it at once and whenever it changes, of which the platform sends what is new. A
 * connection that is lost is made again, and goes on where it was: the first thing that is newer comes as the whole plan.
 * Fails when the plan cannot be seen, and when the platform stays away.
 */
export async function* followPlan(options: FollowPlanOptions): AsyncGenerator<PlanNews> {
  const { open, signal, silentMs = 45_000, longestPauseMs = 10_000, giveUpMs = 600_000 } = options;
  let lastEventId: string | null = null;
  let pauseMs = FIRST_PAUSE_MS;
  let lostAtMs: number | null = null;
  while (!signal.aborted) {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), silentMs);
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silentMs);
    };
    try {
      // What is new counts from what the same connection told.
      let whole: PlanView | null = null;
      const stream = await open(lastEventId, AbortSignal.any([signal, silence.signal]));
      if (stream === null) return;
      for await (const { name, data, id } of readEvents(stream, alive)) {
        lostAtMs = null;
        pauseMs = FIRST_PAUSE_MS;
        if (name === 'plan' || (name === 'progress' && whole !== null)) {
          whole = whole === null || name === 'plan' ? PlanView.parse(JSON.parse(data)) : merged(whole, data);
          lastEventId = id;
          yield { is: 'plan', plan: whole };
        } else if (name === 'end') {
          const { reason } = EndEvent.parse(JSON.parse(data));
          if (reason === 'settled') return;
          if (reason === 'not_visible') throw new CliError('PLAN_NOT_FOUND', 'You may not see this plan any more.');
          break;
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CliError && !error.retryable && error.code !== 'UNAUTHORIZED') throw error;
      lostAtMs ??= Date.now();
      if (Date.now() - lostAtMs > giveUpMs) throw error;
      yield { is: 'lost', why: error instanceof CliError ? error.message : 'The connection was lost.' };
    } finally {
      clearTimeout(timer);
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

function merged(whole: PlanView, data: string): PlanView {
  return mergeProgress(whole, PlanProgressView.parse(JSON.parse(data)));
}
