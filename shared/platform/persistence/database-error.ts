import { DriverException, UniqueConstraintViolationException } from '@mikro-orm/core';
import { AppError } from '../../errors/app-error.ts';

/**
 * States that say "not now": connection lost, resources exhausted, server stopping, deadlock, lock or statement timeout
 * (https://www.postgresql.org/docs/18/errcodes-appendix.html). Not 08P01: what it calls a protocol violation is a message of
 * ours, which fails again however often it is sent.
 */
const UNAVAILABLE_STATES = /^(08(?!P01)...|53...|57P0[123]|40001|40P01|55P03|57014)$/;
const UNAVAILABLE_SYSCALL = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
/** What the driver says, without a code, when a connection cannot be had, breaks or falls silent. */
const UNAVAILABLE_TEXT =
  /timeout exceeded when trying to connect|Connection terminated|not queryable|connect timeout|Query read timeout/i;
/** States and texts that say the URL is wrong: user, password, database name, TLS. */
const REFUSED_STATES = /^(28...|3D000)$/;
const REFUSED_TEXT = /does not support SSL|self[- ]signed certificate|certificate/i;

/** What is said of a server that takes no writes: a standby, or one that an operator made read-only. */
const READ_ONLY_STATE = '25006';
/** When it is worth asking again, seconds. */
const RETRY_AFTER_SECONDS = 5;

/** The database cannot be used now: SERVICE_UNAVAILABLE, told apart from other parts that do not answer. */
export class DatabaseAway extends AppError {
  constructor(reason: string) {
    super('SERVICE_UNAVAILABLE', {
      message: 'The database is not available.',
      details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
      cause: new Error(`database: ${reason}`),
    });
  }
}

/** Whether the failure, or what it came from, is that the database cannot be used now. */
export function isDatabaseAway(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof DatabaseAway) return true;
  }
  return false;
}

/**
 * SERVICE_UNAVAILABLE when the database cannot be used now, SERVICE_READ_ONLY when it takes no writes,
 * INVALID_CONFIGURATION when it refuses the login, INTERNAL_ERROR for everything else the driver says; errors that are not the driver's come back as they are. The driver's
 * own error is dropped, because it may carry row contents.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = codeOf(error);
  if (isUnavailable(error)) return new DatabaseAway(code ?? error.message);
  if (code === READ_ONLY_STATE) {
    return new AppError('SERVICE_READ_ONLY', {
      message: 'The database takes no writes at the moment, so nothing was changed.',
      hint: 'Reads go on. Repeat the call when the database takes writes again.',
      details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
      cause: new Error(`database: ${code}`),
    });
  }
  if (code === undefined ? REFUSED_TEXT.test(error.message) : REFUSED_STATES.test(code)) {
    return new AppError('INVALID_CONFIGURATION', {
      message: `CONVOY_POSTGRES_URL: the connection is refused (${error.message}).`,
    });
  }
  if (!(error instanceof DriverException)) return error;
  const { constraint, table } = error as { constraint?: string; table?: string };
  const where = [constraint, table].filter((part) => part !== undefined).join(' on ');
  return new AppError('INTERNAL_ERROR', { cause: new Error(`database: ${error.name} ${code ?? ''} ${where}`) });
}

/** Whether the error says that a row with the same key is already there. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof UniqueConstraintViolationException;
}

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== undefined) return UNAVAILABLE_STATES.test(code) || UNAVAILABLE_SYSCALL.test(code);
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  return UNAVAILABLE_TEXT.test(error.message);
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
