import type { DeviceActivities } from '../shared/contract/device-messages.ts';
import type { DriftRecords } from '../shared/contract/drift-messages.ts';
import type { FleetActivities } from '../shared/contract/fleet-activities.ts';
import type { HealthActivities } from '../shared/contract/health-messages.ts';
import type { MetricActivities, MetricRecords } from '../shared/contract/metric-messages.ts';
import type { NoticeActivities } from '../shared/contract/notice-messages.ts';
import type { RetentionActivities } from '../shared/contract/retention-messages.ts';
import type { RotationActivities, RotationRecords } from '../shared/contract/rotation-messages.ts';
import type { SnapshotRecords } from '../shared/contract/snapshot-messages.ts';
import type { WebhookActivities } from '../shared/contract/webhook-messages.ts';

type Activities = DeviceActivities &
  FleetActivities &
  HealthActivities &
  MetricActivities &
  MetricRecords &
  NoticeActivities &
  RetentionActivities &
  RotationActivities &
  RotationRecords &
  SnapshotRecords &
  WebhookActivities &
  DriftRecords;
type NameOf = (deviceId: string) => string;

/**
 * What each activity does, in a few words for the workflow's page. Of what routers and people supply it holds nothing but
 * names that have a fixed form: menus, and names of devices.
 */
export const SUMMARIES: {
  readonly [Name in keyof Activities]: (request: Parameters<Activities[Name]>[0], nameOf: NameOf) => string;
} = {
  invokeRead: ({ deviceId, operation }, nameOf) => `${operation} on ${nameOf(deviceId)}`,
  capturePlanDevice: ({ deviceId }, nameOf) => `read what the plan is about on ${nameOf(deviceId)}`,
  prepareOperation: ({ deviceId, operation }, nameOf) => `see what ${operation} has to change on ${nameOf(deviceId)}`,
  inspectSteps: ({ deviceId, steps, beforeChange }, nameOf) =>
    `${beforeChange ? 'look at' : 'read back'} ${count(steps, 'object')} on ${nameOf(deviceId)}`,
  writeStep: ({ deviceId, step }, nameOf) => `${step.op} in ${step.menu} on ${nameOf(deviceId)}`,
  runOperation: ({ deviceId, operation }, nameOf) => `run ${operation} on ${nameOf(deviceId)}`,
  armGuard: ({ deviceId, guard }, nameOf) =>
    `have ${nameOf(deviceId)} take it back in ${guard.minutes} min unless confirmed`,
  disarmGuard: ({ deviceId }, nameOf) => `confirm over a new connection to ${nameOf(deviceId)}`,
  captureSnapshot: ({ deviceId }, nameOf) => `save the configuration of ${nameOf(deviceId)}`,
  capturePlanSnapshot: ({ deviceId }, nameOf) => `save the configuration of ${nameOf(deviceId)} before the change`,
  checkDrift: ({ deviceId }, nameOf) => `compare ${nameOf(deviceId)} with its baseline`,
  driftTargets: ({ after }) => `list devices with a baseline${after === '' ? '' : ` after ${after}`}`,
  pruneDrift: () => 'forget drift that went away long ago',
  checkHealth: ({ deviceId }, nameOf) => `compare the health of ${nameOf(deviceId)} with before`,

  snapshotTargets: ({ cohort, after }) => `list devices of cohort ${cohort}${after === null ? '' : ` after ${after}`}`,
  devicesInChange: () => 'see which devices are being changed',
  tellSnapshotFailed: ({ deviceId, code }, nameOf) => `tell that ${nameOf(deviceId)} could not be saved: ${code}`,
  pruneSnapshots: ({ keepDays, keepCount }) => `remove snapshots older than ${keepDays} days or beyond ${keepCount}`,

  sweepHealth: ({ cohort, after }) => `check devices of cohort ${cohort}${after === null ? '' : ` after ${after}`}`,
  startWatches: ({ deviceIds }, nameOf) => `watch ${devices(deviceIds, nameOf)}`,
  watchHealth: ({ deviceId }, nameOf) => `check ${nameOf(deviceId)}`,

  collectMetrics: ({ cohort, after }) =>
    `collect what devices of cohort ${cohort} measure${after === null ? '' : ` after ${after}`}`,
  downsampleMetrics: () => 'make hours and days of what was collected',
  retainMetrics: () => 'remove what was collected long ago',

  clearLeftLogins: ({ deviceId }, nameOf) => `remove logins left behind on ${nameOf(deviceId)}`,
  prepareLogin: ({ deviceId }, nameOf) => `make a new login for ${nameOf(deviceId)}`,
  createLogin: ({ deviceId }, nameOf) => `create the new user on ${nameOf(deviceId)}`,
  proveLogin: ({ deviceId }, nameOf) => `prove the new login on ${nameOf(deviceId)}`,
  proveLane: ({ deviceId }, nameOf) => `work on ${nameOf(deviceId)} with the new login`,
  retireLogin: ({ deviceId, fate }, nameOf) => `${fate} the former user on ${nameOf(deviceId)}`,
  removeLogin: ({ deviceId }, nameOf) => `remove the new user from ${nameOf(deviceId)}`,
  switchLogin: () => 'store the new login in the place of the former',
  switchLoginBack: () => 'store the former login again',
  endRotation: ({ state }) => `record that the renewal is ${state.replaceAll('_', ' ')}`,

  ensureLanes: ({ deviceIds }, nameOf) => `have somebody serve ${devices(deviceIds, nameOf)}`,
  recordCaptureFailure: ({ deviceId }, nameOf) => `record that ${nameOf(deviceId)} could not be read`,
  composePlan: () => 'work out the diff, the risk and the digest',
  readSignals: ({ afterEventId }) => `read who sent the signals after event ${afterEventId}`,
  mayProceed: ({ stage }) => `ask whether writing may go on (${stage})`,
  checkApprovals: () => 'see whether those who asked and approved still may',
  autoApprove: () => 'see whether a rule of the policy approves it',
  recordPlan: ({ status }) => `show the plan as ${status.replaceAll('_', ' ')}`,
  claimDevices: ({ deviceIds }, nameOf) => `take ${devices(deviceIds, nameOf)} for the plan`,
  approvalReminders: () => 'see when to remind of the approval',
  announcePlan: ({ event }) => `tell endpoints of ${event}`,
  recordDevices: (progress, nameOf) => {
    const statuses = [...new Set(progress.map(({ status }) => status.replaceAll('_', ' ')))];
    return `show ${devices(
      progress.map(({ deviceId }) => deviceId),
      nameOf,
    )} as ${statuses.join(', ')}`;
  },
  loadPlanSteps: ({ deviceId }, nameOf) => `load the approved steps of ${nameOf(deviceId)}`,
  verifyDigest: () => 'compare what is stored with what was approved',
  listPlanDevices: ({ statuses }) =>
    `list devices that are ${statuses.map((one) => one.replaceAll('_', ' ')).join(', ')}`,
  deviceNames: ({ deviceIds }) => `look up ${count(deviceIds, 'name')}`,
  deviceFacts: ({ deviceIds }) => `look up ${count(deviceIds, 'device')}`,
  recordRollout: () => 'record how far the rollout is',
  audit: ({ action, outcome }) => `audit ${action}: ${outcome}`,
  removeOld: ({ rule, keepDays }) => `remove ${rule} that have been over for ${keepDays} days`,
  settleOpenActions: () => 'complete audit records that dead processes left open',
  anchorAudit: () => 'note where the audit ends',

  tellNotices: () => 'tell endpoints of what happened in the fleet',
  deliverWebhook: () => 'tell an endpoint',
  giveUpWebhook: () => 'record that an endpoint could not be told',
};

/** What a timer without words of its own waits for, by workflow type. */
export const TIMER_SUMMARIES: Readonly<Record<string, string>> = {
  planWorkflow: 'until the plan begins, expires or can no longer be taken back',
  rolloutWorkflow: 'between batches, or until a device is tried again',
  rollbackWorkflow: 'wait for a busy device',
  deviceWatchWorkflow: 'until the device is looked at again',
  cohortSnapshotsWorkflow: 'until devices that were away are tried again',
};

function devices(deviceIds: readonly string[], nameOf: NameOf): string {
  const [only] = deviceIds;
  return only !== undefined && deviceIds.length === 1 ? nameOf(only) : count(deviceIds, 'device');
}

function count(things: readonly unknown[], what: string): string {
  return `${things.length} ${what}${things.length === 1 ? '' : 's'}`;
}
