import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { AppError } from '../../errors/app-error.ts';
import { ERROR_CODES, isErrorCode } from '../../errors/codes.ts';
import type { ErrorBody } from '../../errors/app-error.ts';

/** The AppError a worker gave, dug out of whatever Temporal wrapped it in; anything else is unavailable or internal. */
export function appErrorOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && isErrorCode(cause.type)) {
      const [extra] = (cause.details ?? []) as [Pick<ErrorBody, 'hint' | 'details'>?];
      return new AppError(cause.type, { message: cause.message, ...definedOnly(extra), cause: error });
    }
    if (cause instanceof TimeoutFailure) return new AppError('TIMEOUT', { cause: error });
    if (isUnavailable(cause)) {
      return new AppError('SERVICE_UNAVAILABLE', {
        message: 'Temporal does not answer, and nothing can be asked of a router without it.',
        hint: 'What is known can still be read. Repeat the call when /readyz says that Temporal is back.',
        details: { retryAfterSeconds: 5 },
        cause: error,
      });
    }
  }
  return new AppError('INTERNAL_ERROR', { cause: error });
}

/** An error body from the fast door as an error again. */
export function appErrorOfBody(body: ErrorBody): AppError {
  const code = Object.hasOwn(ERROR_CODES, body.code) ? body.code : 'INTERNAL_ERROR';
  return new AppError(code, { message: body.message, ...definedOnly(body) });
}

function definedOnly(extra: Pick<ErrorBody, 'hint' | 'details'> | undefined): Pick<ErrorBody, 'hint' | 'details'> {
  return { ...(extra?.hint ? { hint: extra.hint } : {}), ...(extra?.details ? { details: extra.details } : {}) };
}

/** gRPC UNAVAILABLE and DEADLINE_EXCEEDED. */
function isUnavailable(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return code === 14 || code === 4;
}
