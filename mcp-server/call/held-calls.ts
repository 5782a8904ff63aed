import type { Logger } from 'pino';
import { AppError, toErrorBody } from '../../shared/errors/app-error.ts';
import type {
  CallEnding,
  CallProgress,
  CallStore,
  KeptAnswer,
  NewCall,
  StoredCall,
} from '../../shared/platform/persistence/stores/call-store.ts';
import { answerInTime } from './answer-in-time.ts';
import { POLL_AFTER_SECONDS } from './call-outcome.ts';
import { keyReused } from './idempotency.ts';
import { KEPT_SECONDS, KEPT_WITH_KEY_SECONDS, type CallTimes, type KeptCalls } from './kept-calls.ts';
import { redactOutput } from './redact-output.ts';
import { createThrottle } from './throttle.ts';

export type CallFacts = Omit<NewCall, 'keepSeconds'>;

/** What a caller gets in place of an answer that takes longer. */
export interface CallHandle {
  callId: string;
  pollAfterSeconds: number;
}

/** Carries a call out; `signal` is aborted when nobody wants the answer any more. */
export type Work = (of: { signal: AbortSignal; report: (progress: CallProgress) => void }) => Promise<KeptAnswer>;

export interface CarryOutOptions {
  /** Aborted when whoever waits for the answer goes away. */
  gone: AbortSignal;
  report: (progress: CallProgress) => void;
  /** Whether `claim` has kept the call already. */
  isKept: boolean;
  /** Answers with a handle at once. */
  asTask: boolean;
  /** Answers with the answer, however long that takes. */
  isBounded: boolean;
  /** Hears of a failure that comes when nobody waits any more. */
  onLateFailure: (error: unknown) => void;
}

/** Calls that this process works on and that may outlive the connection they came by. */
export interface HeldCalls {
  /**
   * Keeps a call with an idempotency key and answers null; or answers the earlier call under that key. Fails with
   * IDEMPOTENCY_KEY_REUSED when that one was for something else.
   */
  claim(call: CallFacts, isSame: (argumentsDigest: string) => boolean): Promise<StoredCall | null>;
  /** The answer, or a handle when it takes too long; the work then goes on and its result is kept. */
  carryOut(call: () => CallFacts, work: Work, options: CarryOutOptions): Promise<KeptAnswer | CallHandle>;
  /** Keeps a call that ends when its plan does. */
  follow(call: CallFacts, keepSeconds: number): Promise<CallHandle>;
  /** Says of all calls still worked on that nobody will finish them. */
  close(): Promise<void>;
}

export interface HeldCallsDeps {
  calls: CallStore;
  kept: KeptCalls;
  times: CallTimes;
  log: Pick<Logger, 'error'>;
}

const REPORT_EVERY_MS = 1000;
const PURGE_EVERY_MS = 600_000;

export function createHeldCalls({ calls, kept, times, log }: HeldCallsDeps): HeldCalls {
  const held = new Map<string, AbortController>();
  let beating: Promise<void> | null = null;
  const beats = setInterval(() => {
    // A database that answers slowly is not asked again before it has answered.
    beating ??= beat().finally(() => {
      beating = null;
    });
  }, times.beatMs).unref();
  const purges = setInterval(() => void orLog('expired calls not removed', calls.purge()), PURGE_EVERY_MS).unref();

  async function orLog<T>(message: string, work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      log.error({ err: error }, message);
      return undefined;
    }
  }

  /** Tells the database that this process lives, and hears which of its calls nobody wants any more. */
  async function beat(): Promise<void> {
    const asked = [...held.keys()];
    if (asked.length === 0) return;
    const wanted = await orLog('calls not kept alive', calls.beat(asked));
    if (wanted === undefined) return;
    for (const callId of asked.filter((one) => !wanted.includes(one))) held.get(callId)?.abort();
  }

  /** Keeps the ending once it is there, and answers it. Whoever waits gets the truth even when it cannot be kept. */
  async function keep({ callId }: CallFacts, ended: Promise<Ended>, stop: AbortController): Promise<Ended> {
    held.set(callId, stop);
    const ending = await ended;
    held.delete(callId);
    await orLog('end of a call not kept', calls.finish(callId, toEnding(ending)));
    return ending;
  }

  const open = (call: CallFacts, keepSeconds = KEPT_WITH_KEY_SECONDS) => calls.open({ ...call, keepSeconds });

  async function claim(call: CallFacts, isSame: (digest: string) => boolean): Promise<StoredCall | null> {
    const earlier = await open(call);
    if (earlier === null) return null;
    if (earlier.action !== call.action || !isSame(earlier.argumentsDigest)) throw keyReused();
    const settled = await kept.settled(earlier);
    // Lost before anything was done: now it may be done.
    return settled.idempotencyKey === null ? claim(call, isSame) : settled;
  }

  return {
    claim,

    async carryOut(factsOf, work, { gone, report, isKept: isClaimed, asTask, isBounded, onLateFailure }) {
      // Most calls are answered at once, and of those nothing need be known.
      let call = isClaimed || asTask ? factsOf() : null;
      if (call !== null && !isClaimed) await open(call);
      const stop = new AbortController();
      const leave = () => stop.abort();
      gone.addEventListener('abort', leave, { once: true });
      if (gone.aborted) leave();
      const stored = createThrottle<CallProgress>(REPORT_EVERY_MS, (progress) => {
        if (call !== null) void orLog('progress of a call not kept', calls.report(call.callId, progress));
      });
      const tell = (progress: CallProgress) => {
        report(progress);
        stored.push(progress);
      };
      const ended: Promise<Ended> = work({ signal: stop.signal, report: tell })
        .then(
          (answer) => ({ answer }),
          (error: unknown) => ({ error }),
        )
        .finally(() => stored.stop());
      try {
        const ending = call === null ? ended : keep(call, ended, stop);
        const inTime = () => answerInTime(ending, () => null, times.answerWithinMs);
        const first = asTask ? null : await (isBounded ? ending : inTime());
        if (first !== null) return valueOf(first);
        if (call === null) {
          const facts = factsOf();
          await open(facts).catch((error: unknown) => {
            throw cannotBeKept(facts, error);
          });
          call = facts;
          void keep(call, ended, stop);
        }
        void ended.then((end) => 'error' in end && onLateFailure(end.error));
        return { callId: call.callId, pollAfterSeconds: POLL_AFTER_SECONDS };
      } finally {
        // From here on the connection is answered; that it closes says nothing about the work.
        gone.removeEventListener('abort', leave);
      }
    },

    async follow(call, keepSeconds) {
      await open(call, keepSeconds);
      return { callId: call.callId, pollAfterSeconds: POLL_AFTER_SECONDS };
    },

    async close() {
      clearInterval(beats);
      clearInterval(purges);
      await beating;
      if (held.size > 0) await orLog('calls not given up', calls.abandon([...held.keys()]));
    },
  };
}

type Ended = { answer: KeptAnswer } | { error: unknown };

function valueOf(ended: Ended): KeptAnswer {
  if ('answer' in ended) return ended.answer;
  throw ended.error;
}

function toEnding(ended: Ended): CallEnding {
  if ('answer' in ended) return { answer: ended.answer, keepSeconds: KEPT_SECONDS };
  const error = redactOutput(toErrorBody(ended.error));
  return { error, freesKey: error.retryable, keepSeconds: KEPT_SECONDS };
}

function cannotBeKept({ readOnly, deviceId }: CallFacts, cause: unknown): AppError {
  if (readOnly) return new AppError('TIMEOUT', { hint: 'Ask for less, or repeat the call later.', cause });
  return new AppError('OUTCOME_UNKNOWN', {
    message: 'The call is still being carried out, and its outcome cannot be kept.',
    hint: 'It goes on by itself. Read the device in a minute before trying again.',
    ...(deviceId === null ? {} : { details: { deviceId } }),
    cause,
  });
}
