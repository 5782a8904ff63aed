/** One plan's life, from preparation to its end; every signal goes here. */
export function planWorkflowId(planId: string): string {
  return `plan/${planId}`;
}

export function rolloutWorkflowId(planId: string): string {
  return `rollout/${planId}`;
}

export function rollbackWorkflowId(planId: string): string {
  return `rollback/${planId}`;
}

/** The id is the device's write lock: whatever writes to a router runs under it. */
export function deviceChangeWorkflowId(deviceId: string): string {
  return `device-change/${deviceId}`;
}
