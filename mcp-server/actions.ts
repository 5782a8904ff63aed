import type { Operation, Phase } from '../shared/operations/define-operation.ts';
import { INTERNAL_OPERATIONS } from '../shared/operations/internal/index.ts';
import type { PlanKind } from '../shared/plans/define-plan.ts';
import type { Keyring } from '../shared/platform/encryption/keyring.ts';
import type { Database } from '../shared/platform/persistence/database.ts';
import type { Logger } from '../shared/platform/telemetry/logger.ts';
import type { Metrics } from '../shared/platform/telemetry/metrics.ts';
import type { FleetClient } from '../shared/platform/temporal/fleet-client.ts';
import { exportAuditAction } from './audit/export-audit.ts';
import { listAuditEventsAction } from './audit/list-audit-events.ts';
import { verifyAuditAction } from './audit/verify-audit.ts';
import { explainAccessAction } from './access/explain-access.ts';
import { revocationActions } from './access/revocation-actions.ts';
import type { AccessMapping } from '../shared/domain/access-mapping.ts';
import type { Revocations } from './auth/revocations.ts';
import type { Action } from './call/action.ts';
import type { PolicyGate } from './call/check-policy.ts';
import { createCatalogue } from './call/catalogue.ts';
import { ACTIVE_DEVICE_RATE, createDeviceRateLimiter, type Sharers } from './call/limit-rate.ts';
import { createAuditTrail } from './call/record-audit.ts';
import { CALL_TIMES, createKeptCalls, type CallTimes } from './call/kept-calls.ts';
import { getCallAction } from './calls/get-call.ts';
import type { WithoutDatabase } from './degraded/without-database.ts';
import { decommissionDeviceAction } from './devices/decommission-device.ts';
import { getDeviceAction } from './devices/get-device.ts';
import { createHealthLines } from './devices/health-line.ts';
import { listDevicesAction } from './devices/list-devices.ts';
import { registerDeviceAction } from './devices/register-device.ts';
import { renewCredentialsAction } from './devices/renew-credentials.ts';
import { rotateCredentialsAction } from './devices/rotate-credentials.ts';
import { testDeviceAction } from './devices/test-device.ts';
import { updateDeviceAction } from './devices/update-device.ts';
import { acknowledgeDriftAction } from './drift/acknowledge-drift.ts';
import { checkDriftAction } from './drift/check-drift.ts';
import { listDriftAction } from './drift/list-drift.ts';
import { remediateDriftAction } from './drift/remediate-drift.ts';
import { setBaselineAction } from './drift/set-baseline.ts';
import { createDeviceReads } from './fleet/device-reads.ts';
import { exportMetricsAction } from './fleet/export-metrics.ts';
import { getDeviceMetricsAction } from './fleet/get-device-metrics.ts';
import { getDeviceStatusAction } from './fleet/get-device-status.ts';
import { getFleetSummaryAction } from './fleet/get-fleet-summary.ts';
import { getResourceHistoryAction } from './fleet/get-resource-history.ts';
import { createHealthRecorder } from './fleet/health-recorder.ts';
import { readFleetAction } from './fleet/read-fleet.ts';
import { bandwidthTestAction } from './operations/bandwidth-test-action.ts';
import { listOperationsAction } from './http/list-operations.ts';
import { readAction } from './operations/read-action.ts';
import { writeAction } from './operations/write-action.ts';
import { controlPlanAction } from './plans/control-plan.ts';
import { CONTROL_RULES, type ControlSignal } from './plans/control-rules.ts';
import { createPlanViews } from './plans/plan-view.ts';
import { getPlanApprovalsAction } from './plans/plan-approvals.ts';
import { proposePlanAction } from './plans/propose-plan.ts';
import { replanAction } from './plans/replan.ts';
import { getPlanAction, listPlansAction } from './plans/read-plans.ts';
import { waitForPlanAction } from './plans/wait-for-plan.ts';
import { searchActions } from './search/search-actions.ts';
import { diffSnapshotsAction } from './snapshots/diff-snapshots.ts';
import { createTurns } from './snapshots/in-turn.ts';
import { getNewestSnapshotAction } from './snapshots/get-newest-snapshot.ts';
import { getSnapshotAction, listSnapshotsAction } from './snapshots/read-snapshots.ts';
import { takeSnapshotAction } from './snapshots/take-snapshot.ts';
import { liftEmergencyStopAction } from './stops/lift-stop.ts';
import { listEmergencyStopsAction } from './stops/list-stops.ts';
import { emergencyStopAction } from './stops/place-stop.ts';
import { webhookActions } from './webhooks/delivery-actions.ts';

export interface ActionDeps {
  operations: readonly Operation[];
  planKinds: readonly PlanKind[];
  database: Pick<
    Database,
    | 'devices'
    | 'credentials'
    | 'plans'
    | 'claims'
    | 'audit'
    | 'snapshots'
    | 'baselines'
    | 'drift'
    | 'calls'
    | 'health'
    | 'deviceStatus'
    | 'deviceMetrics'
    | 'summaries'
    | 'lookup'
    | 'people'
    | 'stops'
    | 'revocations'
    | 'webhooks'
  >;
  revocations: Pick<Revocations, 'refresh'>;
  /** The registry, also while the database is away. Default: the database's. */
  knownDevices?: Pick<WithoutDatabase, 'devices' | 'awaySince'>;
  mapping: AccessMapping;
  policyGate: PolicyGate;
  fleet: FleetClient;
  keyring: Keyring;
  publicUrl: string;
  approvalUrl: string;
  namespace: string;
  planExpiresSeconds: number;
  /** How the names of address lists begin that may be written. Default `mcp-`. */
  addressListPrefix?: string | undefined;
  draining: AbortSignal;
  /** Operations above it do not exist. */
  phase: Phase;
  log: Logger;
  metrics: Pick<Metrics, 'auditEvents'>;
  callTimes?: CallTimes | undefined;
  /** Web processes that share the budget of each device. Default: this one alone. */
  sharers?: Sharers;
}

/** Everything that can be called, in the order in which it is listed. None of it decides on a plan. */
export function createActions(deps: ActionDeps): Action[] {
  const { database, fleet, keyring, draining, planExpiresSeconds, addressListPrefix = 'mcp-' } = deps;
  const { devices, credentials, plans, snapshots } = database;
  const views = createPlanViews(deps);
  const operations = deps.operations.filter(({ phase }) => phase <= deps.phase);
  const reads = createDeviceReads({
    fleet,
    operations: [...operations, ...INTERNAL_OPERATIONS],
    activeRate: createDeviceRateLimiter(ACTIVE_DEVICE_RATE, undefined, deps.sharers),
    health: createHealthRecorder(database.health, deps.log),
  });
  const audit = createAuditTrail(database.audit, deps.metrics, deps.log);
  const readTexts = createTurns();
  const known = deps.knownDevices ?? { devices, awaySince: () => null };
  const healthOf = createHealthLines(database.deviceStatus, known.awaySince);
  const actions: Action[] = [
    listDevicesAction(known, healthOf),
    getDeviceAction(healthOf, known),
    ...searchActions({ ...deps, operations, views, actions: () => actions }),
    getFleetSummaryAction({ summaries: database.summaries, plans }),
    readFleetAction({ devices, fleet: reads, operations, audit, log: deps.log }),
    getDeviceStatusAction(database.deviceStatus),
    getResourceHistoryAction(database.health),
    getDeviceMetricsAction(database.deviceMetrics),
    exportMetricsAction(database),
    ...operations.map((operation) =>
      operation.effect === 'read' ? readAction(operation, reads) : writeAction(operation, fleet, { addressListPrefix }),
    ),
    bandwidthTestAction({ devices, fleet: reads }),
    ...deps.planKinds.map((kind) =>
      proposePlanAction(kind, { plans, fleet, views, planExpiresSeconds, phase: deps.phase }),
    ),
    replanAction({ plans, devices, views }),
    getPlanAction({ views }),
    listPlansAction({ plans, views }),
    waitForPlanAction({ plans, views, draining }),
    getPlanApprovalsAction({ ...database, linksOf: (planId) => views.linksOf(planId) }),
    ...(Object.keys(CONTROL_RULES) as ControlSignal[]).map((signal) =>
      controlPlanAction(signal, { plans, claims: database.claims, fleet, views }),
    ),
    getCallAction({
      kept: createKeptCalls({ ...database, times: deps.callTimes ?? CALL_TIMES }),
      stores: database,
      actions: () => actions,
      views,
    }),
    registerDeviceAction({ devices, fleet, keyring }),
    updateDeviceAction({ devices, credentials, fleet }),
    testDeviceAction({ devices, credentials, fleet }),
    rotateCredentialsAction({ devices, fleet, keyring }),
    renewCredentialsAction({ fleet }),
    decommissionDeviceAction({ devices, fleet }),
    takeSnapshotAction({ snapshots, fleet }),
    listSnapshotsAction(database),
    getSnapshotAction(database, readTexts),
    getNewestSnapshotAction(database, readTexts),
    diffSnapshotsAction(database, readTexts),
    setBaselineAction(database, readTexts),
    checkDriftAction({ database, fleet }),
    listDriftAction(database),
    acknowledgeDriftAction(database.drift),
    remediateDriftAction(database),
    listAuditEventsAction(database),
    verifyAuditAction(database.audit),
    exportAuditAction(database),
    explainAccessAction({ database, mapping: deps.mapping, policy: deps.policyGate, actions: () => actions }),
    ...revocationActions({ store: database.revocations, revocations: deps.revocations }),
    ...webhookActions({ webhooks: database.webhooks, fleet }),
    emergencyStopAction({ database, fleet, log: deps.log }),
    listEmergencyStopsAction(database),
    liftEmergencyStopAction(database),
    listOperationsAction(() => createCatalogue(actions, deps.phase)),
  ];
  return actions;
}
