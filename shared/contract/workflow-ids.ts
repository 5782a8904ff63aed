import type { WebhookDelivery } from './webhook-messages.ts';

/** One plan's life, from preparation to its end; every signal goes here. */
export function planWorkflowId(planId: string): string {
  return `plan/${planId}`;
}

/** The plan whose life the workflow of this id is. */
export function planIdOfWorkflow(workflowId: string): string {
  return workflowId.replace(/^plan\//, '');
}

/** The reading of a plan's devices, before it can be decided on. */
export function captureWorkflowId(planId: string): string {
  return `capture/${planId}`;
}

export function rolloutWorkflowId(planId: string): string {
  return `rollout/${planId}`;
}

export function rollbackWorkflowId(planId: string): string {
  return `rollback/${planId}`;
}

/** The plan whose rollout or rollback the workflow of this id is; null when it is none. */
export function planIdOfWork(workflowId: string | null | undefined): string | null {
  const prefix = [rolloutWorkflowId(''), rollbackWorkflowId('')].find((one) => workflowId?.startsWith(one) === true);
  return prefix === undefined ? null : (workflowId?.slice(prefix.length).split('/')[0] ?? null);
}

/** One snapshot of a device is taken at a time; who asks meanwhile gets that one. */
export function snapshotWorkflowId(deviceId: string): string {
  return `snapshot/${deviceId}`;
}

/** The id is the device's write lock: whatever writes to a router runs under it. */
export function deviceChangeWorkflowId(deviceId: string): string {
  return `device-change/${deviceId}`;
}

/** One watch of a device at a time; who finds it deviating meanwhile tells that one. */
export function deviceWatchWorkflowId(deviceId: string): string {
  return `device-watch/${deviceId}`;
}

/** One comparison of a device with its baseline at a time; who asks meanwhile gets that one. */
export function driftCheckWorkflowId(deviceId: string): string {
  return `drift/${deviceId}`;
}

/** The comparison of the devices of a plan that has ended. */
export function driftOfPlanWorkflowId(planId: string): string {
  return `drift-after/${planId}`;
}

/** One event on its way to one endpoint. */
export function webhookWorkflowId({ eventId, endpoint }: WebhookDelivery): string {
  return `webhook/${eventId}/${endpoint}`;
}
