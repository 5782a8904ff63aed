import { AppError } from '../../shared/errors/app-error.ts';
import { ERROR_CODES, isErrorCode } from '../../shared/errors/codes.ts';
import { StackError } from '../stack/stack-error.ts';

export interface CliErrorOptions {
  hint?: string;
  details?: Record<string, unknown>;
  /** Default: what the platform says of the code; false for codes of the command line itself. */
  retryable?: boolean;
  correlationId?: string;
  cause?: unknown;
}

/** A failure as the command line shows it: a stable code, a sentence, and what to do about it. */
export class CliError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;
  /** Whether the same command may work later. */
  readonly retryable: boolean;
  /** Names the request in the platform's logs; absent when none was answered. */
  readonly correlationId: string | undefined;

  constructor(code: string, message: string, options: CliErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
    this.retryable = options.retryable ?? (isErrorCode(code) && ERROR_CODES[code].retryable);
    this.correlationId = options.correlationId;
  }
}

/** Gives every failure a code; what nobody foresaw keeps its own text, because it is the reader's own machine. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof AppError) {
    return new CliError(error.code, error.message, { hint: error.hint, details: error.details, cause: error });
  }
  if (error instanceof StackError) return new CliError(error.code, error.message, { cause: error });
  return new CliError('INTERNAL_ERROR', error instanceof Error ? error.message : String(error), { cause: error });
}
