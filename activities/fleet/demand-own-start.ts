import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { AppError } from '../../shared/errors/app-error.ts';
import { readStart, type Execution } from './signal-history.ts';

/** How the subjects of Convoy's own processes begin; nobody signs in under one. */
const OWN = 'svc-';

/**
 * Fails with FORBIDDEN unless one of Convoy's own processes began what the calling workflow is part of. Whoever may write to
 * Temporal's namespace can start any workflow with any input, and also one that starts others; what the server stamped on
 * the first of them is theirs, whatever the input says.
 */
export async function demandOwnStart(client: Client): Promise<void> {
  const execution = activityInfo().workflowExecution;
  if (!execution) throw new AppError('INTERNAL_ERROR', { message: 'demandOwnStart must be called for a workflow.' });
  const { root } = await readStart(client, execution);
  const startedBy = await firstStartedBy(client, root ?? execution);
  if (startedBy?.startsWith(OWN)) return;
  throw new AppError('FORBIDDEN', {
    message: 'This work was not begun by one of Convoy’s own processes, so nothing is written.',
    details: { startedBy, root: root?.workflowId ?? execution.workflowId },
  });
}

/**
 * A run that follows another one, because it continues it as new, repeats it or is the next of a cron schedule, was begun by
 * the worker that ended the one before, so it proves nothing: who began the first of them began all.
 */
async function firstStartedBy(client: Client, run: Execution): Promise<string | null> {
  const { startedBy, firstRunId } = await readStart(client, run);
  if (firstRunId === run.runId) return startedBy;
  return (await readStart(client, { workflowId: run.workflowId, runId: firstRunId })).startedBy;
}
