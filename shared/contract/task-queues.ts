/** Workflow tasks and nothing else. */
export const WORKFLOW_QUEUE = 'convoy-workflows';
/** Activities that touch the database, audit and Temporal, never a router. */
export const FLEET_QUEUE = 'convoy-fleet';
/** Posts to webhook endpoints, which may be slow, so that nothing else waits for them. */
export const WEBHOOK_QUEUE = 'convoy-webhooks';
/** Background looks at many devices, beside their lanes. */
export const SWEEP_QUEUE = 'convoy-sweep';
/** Where the leases of lanes are handed out: one `holdLane` activity per device that has work. */
export const LANE_QUEUE = 'convoy-lanes';

/** The queue that only the current owner of a device's lane polls. */
export function deviceQueue(deviceId: string): string {
  return `device/${deviceId}`;
}

/** Id of the standalone activity that is a device's lease: at most one of an id runs at a time. */
export function laneId(deviceId: string): string {
  return `lane/${deviceId}`;
}
