import { AppError, toErrorBody } from '../../shared/errors/app-error.ts';
import type { CallStore, StoredCall } from '../../shared/platform/persistence/stores/call-store.ts';
import type { PlanStore } from '../../shared/platform/persistence/stores/plan-store.ts';
import { ANSWER_WITHIN_MS } from './answer-in-time.ts';

/** Times of calls that are kept. */
export interface CallTimes {
  /** Longest time a call may take before it becomes one to ask for. */
  answerWithinMs: number;
  /** How often a process says that it still works on its calls. */
  beatMs: number;
  /** Silence after which whoever worked on a call is taken for dead; several beats. */
  lostAfterMs: number;
}

export const CALL_TIMES: CallTimes = { answerWithinMs: ANSWER_WITHIN_MS, beatMs: 10_000, lostAfterMs: 60_000 };

/** How long what came of a call can be asked for, seconds. */
export const KEPT_SECONDS = 3600;
/** The same for a call with an idempotency key, and the longest a call may be worked on. */
export const KEPT_WITH_KEY_SECONDS = 86_400;

/** How long a task that follows a plan can be asked for, seconds: longer than people take to decide and routers to change. */
export const FOLLOWED_SECONDS = 7 * 86_400;

/** What became of calls that are kept, also of those whose process is gone. */
export interface KeptCalls {
  /** Fails with NOT_FOUND for a call that is not the subject's, never was or has expired. */
  find(sub: string, callId: string): Promise<StoredCall>;
  /** The call as it is, ended when whoever worked on it is gone. */
  settled(call: StoredCall): Promise<StoredCall>;
}

export interface KeptCallsDeps {
  calls: Pick<CallStore, 'get' | 'lose'>;
  plans: Pick<PlanStore, 'get'>;
  times: Pick<CallTimes, 'lostAfterMs'>;
}

export function createKeptCalls({ calls, plans, times }: KeptCallsDeps): KeptCalls {
  async function settled(call: StoredCall): Promise<StoredCall> {
    if (call.status !== 'working' || call.followsPlan || call.silentMs < times.lostAfterMs) return call;
    const planId = call.planId !== null && (await plans.get(call.planId)) !== null ? call.planId : null;
    const error = lostCall(call, planId);
    const ending = { error: toErrorBody(error), freesKey: error.retryable, keepSeconds: KEPT_SECONDS };
    await calls.lose(call.callId, ending, times.lostAfterMs);
    // It may have ended after all, in this very moment.
    return (await calls.get(call.sub, call.callId)) ?? call;
  }

  return {
    settled,
    async find(sub, callId) {
      const call = await calls.get(sub, callId);
      if (call !== null) return settled(call);
      throw callNotFound(callId);
    },
  };
}

/** Also for a call whose answer its subject may not have any more. */
export function callNotFound(callId: string): AppError {
  return new AppError('NOT_FOUND', {
    message: `No call "${callId}" of yours is kept.`,
    hint: 'What came of a call is kept for an hour.',
  });
}

/** What can truthfully be said of a call whose process is gone. `planId`: of the plan that it made or was about. */
function lostCall({ readOnly, planId: wanted, deviceId }: StoredCall, planId: string | null): AppError {
  const gone = 'The process that carried the call out is gone.';
  if (readOnly) {
    return new AppError('SERVICE_UNAVAILABLE', { message: `${gone} Nothing was changed.`, hint: 'Repeat the call.' });
  }
  if (planId !== null) {
    return new AppError('OUTCOME_UNKNOWN', {
      message: `${gone} What became of it is with the plan.`,
      hint: `Call get_plan for ${planId}.`,
      details: { planId },
    });
  }
  if (wanted !== null) {
    return new AppError('SERVICE_UNAVAILABLE', { message: `${gone} No plan was made.`, hint: 'Repeat the call.' });
  }
  return new AppError('OUTCOME_UNKNOWN', {
    message: `${gone} A change that had begun goes on by itself, or was taken back.`,
    hint: 'Read the device before trying again.',
    ...(deviceId === null ? {} : { details: { deviceId } }),
  });
}
