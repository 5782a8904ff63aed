import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { CliError } from '../../client/cli-error.ts';
import { onTemporal } from '../on-temporal.ts';
import type { TemporalRight } from '../temporal-admin.ts';

/** As `onTemporal`; fails with NOT_FOUND on a schedule that is not there. */
export function onSchedules<T>(rights: readonly TemporalRight[], use: (client: Client) => Promise<T>): Promise<T> {
  return onTemporal(rights, use, (error) =>
    error instanceof ScheduleNotFoundError
      ? new CliError('NOT_FOUND', `There is no schedule "${error.scheduleId}".`, {
          hint: 'convoy schedule list tells them all; a worker that starts makes those that are missing.',
          cause: error,
        })
      : null,
  );
}
