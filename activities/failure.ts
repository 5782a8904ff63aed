import { ApplicationFailure } from '@temporalio/common';
import { AppError, toErrorBody } from '../shared/errors/app-error.ts';

/**
 * Makes every error of an activity one that crosses Temporal with its code: type = code, message = what a caller may
 * read, details = hint and facts. Anything that is not an AppError crosses as INTERNAL_ERROR without its text.
 */
export function toFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const { code, message, hint, details, retryable } = toErrorBody(error);
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: !retryable,
    details: [{ hint, details }],
    // A refusal with a code is an answer, not an alarm.
    category: error instanceof AppError ? 'BENIGN' : undefined,
  });
}
