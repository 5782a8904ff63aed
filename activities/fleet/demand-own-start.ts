import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { AppError } from '../../shared/errors/app-error.ts';
import { readStart } from './signal-history.ts';

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
  const own = await readStart(client, execution);
  const { startedBy } = own.root === null ? own : await readStart(client, own.root);
  if (startedBy?.startsWith(OWN)) return;
  throw new AppError('FORBIDDEN', {
    message: 'This work was not begun by one of Convoy’s own processes, so nothing is written.',
    details: { startedBy, root: own.root?.workflowId ?? execution.workflowId },
  });
}
