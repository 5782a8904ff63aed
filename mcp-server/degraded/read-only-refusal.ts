import { AppError } from '../../shared/errors/app-error.ts';
import { isDatabaseAway } from '../../shared/platform/persistence/database-error.ts';

/** When it is worth repeating what the database's absence refused, seconds. */
const RETRY_AFTER_SECONDS = 5;

/** What is said of a change or a decision that the database's absence keeps from being made. Nothing of it was done. */
export function readOnlyRefusal(cause: unknown): AppError {
  return new AppError('SERVICE_READ_ONLY', {
    message: 'The database is not available, so nothing was changed.',
    hint: 'Reads of routers go on. Repeat the call when /readyz says that the database is back.',
    details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
    cause,
  });
}

/** Of a change that was refused before anything was done: SERVICE_READ_ONLY where the database was the reason. */
export function refusalOfChange(error: unknown): unknown {
  return isDatabaseAway(error) ? readOnlyRefusal(error) : error;
}
