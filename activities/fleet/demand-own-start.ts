import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { AppError } from '../../shared/errors/app-error.ts';
import { readStart, type Execution, type RecordedStart } from './signal-history.ts';

/** How the subjects of Convoy's own processes begin; nobody signs in under one. */
const OWN = 'svc-';

/**
 * Fails with FORBIDDEN unless one of Convoy's own processes began what the calling workflow is part of, and nobody reset any
 * of it. Whoever may write to Temporal's namespace can start any workflow with any input, also one that starts others, and
 * can have work that was over done again. What the server stamped on the first of them is theirs, whatever the input says.
 */
export async function demandOwnStart(client: Client): Promise<void> {
  const execution = activityInfo().workflowExecution;
  if (!execution) throw new AppError('INTERNAL_ERROR', { message: 'demandOwnStart must be called for a workflow.' });
  const { startedBy, top, reset } = await originOf(client, execution);
  if (reset !== null) {
    throw new AppError('FORBIDDEN', {
      message:
        'This work was reset to an earlier point. What it was allowed then it is not allowed again, so nothing is written.',
      details: { reset },
    });
  }
  if (startedBy?.startsWith(OWN)) return;
  throw new AppError('FORBIDDEN', {
    message: 'This work was not begun by one of Convoy’s own processes, so nothing is written.',
    details: { startedBy, root: top },
  });
}

interface Origin {
  startedBy: string | null;
  /** Workflow ids: the one that nobody but a client started, and one on the way there that was reset, if any was. */
  top: string;
  reset: string | null;
}

/** Walks from a workflow to the one at the top of those that started each other. */
async function originOf(client: Client, execution: Execution): Promise<Origin> {
  let run = execution;
  let start = await readStart(client, run);
  let reset = start.wasReset ? run.workflowId : null;
  while (start.parent !== null) {
    run = start.parent;
    // oxlint-disable-next-line no-await-in-loop -- each names the next
    start = await readStart(client, run);
    if (start.wasReset) reset = run.workflowId;
  }
  return { startedBy: await firstStartedBy(client, run, start), top: run.workflowId, reset };
}

/**
 * A run that follows another one, because it continues it as new, repeats it or is the next of a cron schedule, was begun by
 * the worker that ended the one before, so it proves nothing: who began the first of them began all.
 */
async function firstStartedBy(client: Client, run: Execution, start: RecordedStart): Promise<string | null> {
  const { startedBy, firstRunId } = start;
  if (firstRunId === run.runId) return startedBy;
  return (await readStart(client, { workflowId: run.workflowId, runId: firstRunId })).startedBy;
}
