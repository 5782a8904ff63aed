import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { FleetActivities } from '../../shared/contract/fleet-activities.ts';
import { SETTLED_PLAN_STATUSES, type PlanDeviceStatus, type PlanStatus } from '../../shared/domain/plan.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Phase } from '../../shared/operations/define-operation.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { PolicySource } from '../../shared/platform/policy/policy-source.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { LaneStarter } from '../../shared/platform/temporal/lane-starter.ts';
import { announcePlan, approvalReminders, recordPlan, type Announcing } from './announce-plan.ts';
import { anchorAudit, settleOpenActions } from './audit-care.ts';
import { autoApprove, demandRules } from './auto-approve.ts';
import { checkPeople } from './check-people.ts';
import { claimDevices, wakeWaiting } from './claim-devices.ts';
import { composePlan, loadPlanSteps, verifyDigest } from './compose-plan.ts';
import { demandOwnStart } from './demand-own-start.ts';
import { mayProceed } from './may-proceed.ts';
import { followEndedPlan } from './drift-records.ts';
import { readSignals } from './read-signals.ts';
import { deviceFacts, recordRollout } from './record-rollout.ts';
import { runningChanges } from './running-changes.ts';

export interface FleetDeps {
  client: Client;
  database: Database;
  lanes: LaneStarter;
  metrics: Pick<Metrics, 'plans' | 'rolloutDevices' | 'auditEvents'>;
  /** Hears of the audit's anchors. Default: nobody does. */
  log?: Pick<Logger, 'info'>;
  /** Who is told of plans, and where people find them. Default: nobody is told. */
  webhooks?: Announcing;
  /** Whether baselines follow plans as soon as these end. Default: when the devices are compared next. */
  followsPlans?: boolean;
  /** The policy and the phase of the deployment. */
  policy: PolicySource;
  phase: Phase;
}

/** Statuses in which a rollout or rollback is done with a device. */
const DONE = new Set<PlanDeviceStatus>([
  'applied',
  'unhealthy',
  'skipped',
  'failed',
  'unknown',
  'rolled_back',
  'rollback_failed',
]);

/** Statuses in which a plan holds no devices. */
const SETTLED: ReadonlySet<PlanStatus> = new Set(SETTLED_PLAN_STATUSES);

/** Work on the shared queue. None of it opens a connection to a router. */
export function createFleetActivities(deps: FleetDeps): FleetActivities {
  const { client, database, lanes, metrics, phase } = deps;
  const policy = () => deps.policy.current();
  const announcing = { client, database, ...deps.webhooks };
  const audit: FleetActivities['audit'] = async (record) => {
    const [device] = record.deviceId === undefined ? [] : await database.devices.getMany([record.deviceId]);
    const isNew = await database.audit.append({ environment: device?.environment, ...record, via: 'workflow' });
    if (isNew) metrics.auditEvents.inc({ outcome: record.outcome });
  };
  const recordDevices: FleetActivities['recordDevices'] = async (progress) => {
    await database.plans.recordDevices(progress);
    for (const { status } of progress) if (DONE.has(status)) metrics.rolloutDevices.inc({ outcome: status });
  };
  const ensureLanes = async (deviceIds: string[]): Promise<void> => {
    const devices = new Map((await database.devices.getMany(deviceIds)).map((device) => [device.deviceId, device]));
    for (const deviceId of deviceIds) {
      const device = devices.get(deviceId);
      // A lane for these would fail at once, and its caller would wait for a long time to learn why.
      if (!device) throw new AppError('DEVICE_NOT_FOUND', { details: { deviceId } });
      if (device.status === 'decommissioned') throw new AppError('DEVICE_DECOMMISSIONED', { details: { deviceId } });
    }
    // Asked for because a task found nobody, so what this process remembers of the lane is not to be trusted.
    await Promise.all(deviceIds.map((deviceId) => lanes.ensure(deviceId, { evenIfRemembered: true })));
  };
  return {
    ensureLanes: ({ deviceIds }) => ensureLanes(deviceIds),
    recordCaptureFailure: ({ planId, deviceId, error }) => database.plans.saveCaptureFailure(planId, deviceId, error),
    composePlan: (request) =>
      composePlan({ ...database, policy, runningChanges: () => runningChanges(client) }, request),
    readSignals: (request) => readSignals({ client, database }, request),
    async recordPlan({ isNewStatus, told, ...patch }) {
      await recordPlan(announcing, { patch, told });
      if (isNewStatus) metrics.plans.inc({ status: patch.status });
      if (SETTLED.has(patch.status)) await wakeWaiting({ client, database }, patch.planId);
      if (isNewStatus && deps.followsPlans) await followEndedPlan(client, patch);
    },
    async claimDevices(request) {
      await demandOwnStart(client);
      return claimDevices({ client, database }, request);
    },
    approvalReminders: (request) => approvalReminders(announcing, request),
    announcePlan: (request) => announcePlan(announcing, request),
    recordDevices,
    recordRollout: (record) => recordRollout(database, { audit, recordDevices }, record),
    deviceFacts: ({ deviceIds }) => deviceFacts(database, deviceIds),
    async loadPlanSteps(request) {
      // The device is looked at next.
      const [steps] = await Promise.all([loadPlanSteps(database, request), ensureLanes([request.deviceId])]);
      return steps;
    },
    verifyDigest: (request) => verifyDigest(database, request),
    listPlanDevices: ({ planId, statuses }) => database.plans.devicesIn(planId, statuses),
    async deviceNames({ deviceIds }) {
      const devices = await database.devices.getMany(deviceIds);
      return Object.fromEntries(devices.map(({ deviceId, name }) => [deviceId, name]));
    },
    audit,
    settleOpenActions: () => settleOpenActions(deps),
    anchorAudit: () => anchorAudit(deps),
    async mayProceed(request) {
      await demandOwnStart(client);
      const admission = await mayProceed({ database, policy }, request);
      const { planId, deviceIds, begins, writes } = request;
      if (begins && planId !== null && admission.answer === 'proceed') {
        const progress = { planId, status: 'applying' as const, ...(writes ? { writes } : {}) };
        await recordDevices(deviceIds.map((deviceId) => ({ ...progress, deviceId })));
      }
      return admission;
    },
    async checkApprovals({ planId, requestedBy, approvals, deviceIds }) {
      const given = approvals.filter(({ decision }) => decision === 'approve');
      const approvedBy = given.filter(({ via }) => via !== 'policy').map(({ by }) => by);
      const rules = given.filter(({ via }) => via === 'policy').map(({ by }) => by);
      await checkPeople(database, { requestedBy, approvedBy, deviceIds });
      await demandRules({ database, policy, phase }, { planId, rules });
    },
    autoApprove: (request) => autoApprove({ database, policy, phase, audit }, request),
  };
}
