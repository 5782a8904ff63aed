import { ApplicationFailure } from '@temporalio/common';
import { AppError, toErrorBody } from '../shared/errors/app-error.ts';
import type { ErrorCode } from '../shared/errors/codes.ts';

/** Codes of trouble on our own side that somebody mends: never a reason to give up on a plan. */
const IS_OURS = new Set<ErrorCode>(['INVALID_CONFIGURATION']);

/**
 * Makes every error of an activity one that crosses Temporal with its code: type = code, message = what a caller may
 * read, details = hint and facts. Anything that is not an AppError crosses as INTERNAL_ERROR without its text, and is
 * worth another attempt: it is the platform's own trouble (a database that fails over, a token that was just renewed).
 */
export function toFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const { code, message, hint, details, retryable } = toErrorBody(error);
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: error instanceof AppError && !retryable && !IS_OURS.has(code),
    details: [{ hint, details }],
    nextRetryDelay: code === 'DEVICE_COOLING_DOWN' ? coolDownOf(details) : undefined,
    // A refusal with a code is an answer, not an alarm.
    category: error instanceof AppError ? 'BENIGN' : undefined,
  });
}

/** Repeated sooner it would only be refused again. */
function coolDownOf(details: Record<string, unknown> | undefined): `${number}s` | undefined {
  const seconds = details?.['retryAfterSeconds'];
  return typeof seconds === 'number' ? `${seconds}s` : undefined;
}
