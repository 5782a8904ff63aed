import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { CliError } from '../../client/cli-error.ts';
import { findSurroundings, NOT_SET } from '../doctor/surroundings.ts';
import { asTemporalAdmin, type TemporalRight } from '../temporal-admin.ts';

/**
 * Uses the Temporal server that the environment or the running stack names. Fails with VALIDATION_ERROR on settings that do not
 * hold, NOT_FOUND on a schedule that is not there, and SERVICE_UNAVAILABLE when the server cannot be used.
 */
export async function onSchedules<T>(
  rights: readonly TemporalRight[],
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const surroundings = await findSurroundings(process.env);
  const { temporalAddress: address, configProblem } = surroundings;
  if (configProblem !== null) throw new CliError('VALIDATION_ERROR', configProblem);
  if (address === undefined)
    throw new CliError('VALIDATION_ERROR', 'No Temporal server is known.', {
      hint: `${NOT_SET} CONVOY_TEMPORAL_ADDRESS.`,
    });
  try {
    return await asTemporalAdmin(surroundings, { address, rights }, use);
  } catch (error) {
    if (error instanceof ScheduleNotFoundError)
      throw new CliError('NOT_FOUND', `There is no schedule "${error.scheduleId}".`, {
        hint: 'convoy schedule list tells them all; a worker that starts makes those that are missing.',
        cause: error,
      });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('SERVICE_UNAVAILABLE', `Temporal at ${address} cannot be used: ${reason}`, {
      hint: 'convoy doctor says what is missing.',
      cause: error,
    });
  }
}
