import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { planIdOfWork } from '../../contract/workflow-ids.ts';
import { AppError } from '../../errors/app-error.ts';

/** DEVICE_BUSY for a device whose lock is taken, with the plan it is taken for; other failures as they are. */
export async function nameHolder(client: Client, error: unknown): Promise<unknown> {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return error;
  const planId = await holderOf(client, error.workflowId);
  if (planId === null) return new AppError('DEVICE_BUSY', { cause: error });
  return new AppError('DEVICE_BUSY', {
    message: `The device is being changed by plan ${planId}.`,
    hint: 'Wait until the plan has ended, or try again in a minute.',
    details: { planId },
    cause: error,
  });
}

/** Who holds it is told where that can be learned; that it is held is certain. */
async function holderOf(client: Client, workflowId: string): Promise<string | null> {
  try {
    const { parentExecution } = await client.workflow.getHandle(workflowId).describe();
    return planIdOfWork(parentExecution?.workflowId);
  } catch {
    return null;
  }
}
