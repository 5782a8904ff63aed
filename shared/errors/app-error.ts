import { ERROR_CODES, type ErrorCode } from './codes.ts';

export interface AppErrorOptions {
  /** What a caller may read about this very case. Default: the table's sentence. Never holds secrets. */
  message?: string;
  /** What the caller could do next. */
  hint?: string;
  /** Machine-readable facts a caller may see. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** A refusal with a stable code; everything it carries except `cause` may be shown to the caller. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.message ?? ERROR_CODES[code].public, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}

/** A refusal as it travels: in tool results, HTTP problems, plan rows and the command line's `--json`. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  hint?: string;
  retryable: boolean;
  details?: Record<string, unknown>;
}

/** Renders any error for a caller; what is not an AppError becomes INTERNAL_ERROR without its text. */
export function toErrorBody(error: unknown): ErrorBody {
  const known = error instanceof AppError ? error : new AppError('INTERNAL_ERROR', { cause: error });
  return {
    code: known.code,
    message: known.message,
    ...(known.hint === undefined ? {} : { hint: known.hint }),
    retryable: known.retryable,
    ...(known.details === undefined ? {} : { details: known.details }),
  };
}
