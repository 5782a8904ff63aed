import type { Client } from '@temporalio/client';
import { CliError } from '../client/cli-error.ts';
import { findSurroundings, NOT_SET } from './doctor/surroundings.ts';
import { asTemporalAdmin, type TemporalRight } from './temporal-admin.ts';

/** Whatever of the server's refusals is an answer to the command, as a failure of its own; null for all others. */
type Answer = (error: unknown) => CliError | null;

/**
 * Uses the Temporal server that the environment or the running stack names. Fails with VALIDATION_ERROR on settings that do not
 * hold, with what `answer` makes of a refusal, and with SERVICE_UNAVAILABLE when the server cannot be used.
 */
export async function onTemporal<T>(
  rights: readonly TemporalRight[],
  use: (client: Client) => Promise<T>,
  answer: Answer,
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
    const answered = answer(error);
    if (answered) throw answered;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('SERVICE_UNAVAILABLE', `Temporal at ${address} cannot be used: ${reason}`, {
      hint: 'convoy doctor says what is missing.',
      cause: error,
    });
  }
}
