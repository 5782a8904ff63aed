import type { Client } from '@temporalio/client';
import { deviceChangeWorkflowId, planIdOfWork } from '../../shared/contract/workflow-ids.ts';

/** Changes are few at a time; should they be many, the first ones tell enough. */
const MOST = 500;

/** Devices whose lock is held now, and the plan it is held for, as the server lists them; that may be a second late. */
export async function runningChanges(client: Client): Promise<{ deviceId: string; planId: string | null }[]> {
  const prefix = deviceChangeWorkflowId('');
  const query = `WorkflowId STARTS_WITH "${prefix}" AND ExecutionStatus = "Running"`;
  const found: { deviceId: string; planId: string | null }[] = [];
  for await (const { workflowId, parentExecution } of client.workflow.list({ query })) {
    found.push({ deviceId: workflowId.slice(prefix.length), planId: planIdOfWork(parentExecution?.workflowId) });
    if (found.length === MOST) break;
  }
  return found;
}
