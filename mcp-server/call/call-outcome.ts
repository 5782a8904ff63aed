import { AppError, type ErrorBody } from '../../shared/errors/app-error.ts';
import type { StoredCall } from '../../shared/platform/persistence/stores/call-store.ts';
import type { Action } from './action.ts';
import type { CallAnswer } from './answer-call.ts';
import type { CallHandle } from './held-calls.ts';

/** Seconds after which it is worth asking again for a call that is being worked on. */
export const POLL_AFTER_SECONDS = 2;

/** What a caller gets in place of an answer that takes longer; every surface says how to ask for the answer. */
export function handleAnswer(action: Action, handle: CallHandle): CallAnswer {
  const { callId, pollAfterSeconds } = handle;
  return {
    action,
    output: { callId, callStatus: 'working', pollAfterSeconds },
    summary: `${action.name} is still being carried out. Call get_call with callId ${callId} in ${pollAfterSeconds} s.`,
    handle,
  };
}

/** The answer that the earlier call under the same idempotency key gave, or would give; or its refusal. */
export function replayed(action: Action, { callId, answer, error }: StoredCall): CallAnswer {
  if (error !== null) throw refusalOf({ ...error, details: { ...error.details, replayed: true } });
  if (answer === null) return handleAnswer(action, { callId, pollAfterSeconds: POLL_AFTER_SECONDS });
  return { action, ...answer, replayed: true };
}

/** A refusal as it was when it was kept. */
export function refusalOf({ code, message, hint, details }: ErrorBody): AppError {
  return new AppError(code, {
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
  });
}
