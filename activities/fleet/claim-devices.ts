import type { Client } from '@temporalio/client';
import type { HeldDevices } from '../../shared/contract/fleet-activities.ts';
import { DEVICES_RELEASED_SIGNAL } from '../../shared/contract/plan-messages.ts';
import { planWorkflowId, rollbackWorkflowId, rolloutWorkflowId } from '../../shared/contract/workflow-ids.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { DeviceHolder } from '../../shared/platform/persistence/stores/claim-store.ts';

interface Deps {
  client: Client;
  database: Pick<Database, 'claims'>;
}

/** Names of devices that travel; more are counted. */
const MOST_NAMES = 10;

/**
 * Takes a plan's devices, or says who holds some of them. A plan whose work somebody terminated holds nothing any more,
 * although its row still says that it is carried out.
 */
export async function claimDevices(
  { client, database }: Deps,
  request: { planId: string; deviceIds: string[]; waits: boolean },
): Promise<HeldDevices[]> {
  const ignored: string[] = [];
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- again without those that turned out to be over
    const holders = await database.claims.take({ ...request, ignored });
    // oxlint-disable-next-line no-await-in-loop
    const over = await Promise.all(holders.map(({ planId }) => isOver(client, planId)));
    const ended = holders.filter((_, index) => over[index]);
    if (ended.length === 0) return holders.map(toHeldDevices);
    ignored.push(...ended.map(({ planId }) => planId));
  }
}

/** Tells the plans that wait for devices of this one that it holds them no more. */
export async function wakeWaiting({ client, database }: Deps, planId: string): Promise<void> {
  for (const waiting of await database.claims.waitingFor(planId)) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- in the order in which they wait
      await client.workflow.getHandle(planWorkflowId(waiting)).signal(DEVICES_RELEASED_SIGNAL);
    } catch (error) {
      // It ended meanwhile, and nobody needs to tell it.
      if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
    }
  }
}

function toHeldDevices({ planId, status, devices }: DeviceHolder): HeldDevices {
  const names = devices.slice(0, MOST_NAMES).map(({ name }) => name);
  return { planId, status, deviceCount: devices.length, names };
}

/** Neither the plan's own workflow nor a rollout or rollback that outlived it is running. */
export async function isOver(client: Client, planId: string): Promise<boolean> {
  if (await isRunning(client, planWorkflowId(planId))) return false;
  const work = [rolloutWorkflowId(planId), rollbackWorkflowId(planId)].map((id) => `WorkflowId STARTS_WITH "${id}"`);
  const { count } = await client.workflow.count(`(${work.join(' OR ')}) AND ExecutionStatus = "Running"`);
  return count === 0;
}

export async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false;
    throw error;
  }
}
