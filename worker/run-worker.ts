import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createFleetActivities } from '../activities/fleet/index.ts';
import type { Announcing } from '../activities/fleet/announce-plan.ts';
import { createWebhookActivities } from '../activities/fleet/deliver-webhook.ts';
import { createSnapshotRecords } from '../activities/fleet/scheduled-snapshots.ts';
import { createDriftRecords } from '../activities/fleet/drift-records.ts';
import { createRetentionActivities } from '../activities/fleet/remove-old.ts';
import { createNoticeActivities } from '../activities/fleet/tell-notices.ts';
import { createRotationRecords } from '../activities/fleet/rotation-records.ts';
import { createProbeCandidate } from '../activities/device/probe-candidate.ts';
import { createMetricRecords } from '../activities/metrics/care-for-metrics.ts';
import { createMetricActivities } from '../activities/metrics/collect-metrics.ts';
import { createHealthActivities } from '../activities/sweep/index.ts';
import { createChangingDevices } from '../activities/sweep/changing-devices.ts';
import { createVisitDevices } from '../activities/sweep/visit-devices.ts';
import type { BreakerPolicy } from '../activities/routeros/breaker.ts';
import type { FleetActivities } from '../shared/contract/fleet-activities.ts';
import { HOLD_LANE, PROBE_CANDIDATE } from '../shared/contract/lane-messages.ts';
import { scheduleTable, type ScheduleSettings } from '../shared/contract/schedules.ts';
import { FLEET_QUEUE, LANE_QUEUE, SWEEP_QUEUE, WEBHOOK_QUEUE, WORKFLOW_QUEUE } from '../shared/contract/task-queues.ts';
import type { Phase } from '../shared/operations/define-operation.ts';
import type { Keyring } from '../shared/platform/encryption/keyring.ts';
import type { Database } from '../shared/platform/persistence/database.ts';
import type { PolicySource } from '../shared/platform/policy/policy-source.ts';
import type { Dependency } from '../shared/platform/process/readiness.ts';
import { pollerOf } from '../shared/platform/process/version.ts';
import type { Metrics } from '../shared/platform/telemetry/metrics.ts';
import type { Tracing } from '../shared/platform/telemetry/tracing.ts';
import { connectTemporal, type TemporalTarget } from '../shared/platform/temporal/connect.ts';
import { createDataConverter } from '../shared/platform/temporal/data-converter.ts';
import { createLaneStarter } from '../shared/platform/temporal/lane-starter.ts';
import type { ServiceToken } from '../shared/platform/temporal/service-token.ts';
import { failureCodeInterceptor } from './failure-interceptor.ts';
import { createHoldLane } from './lanes.ts';
import { observedActivities, type ObservedActivities } from './observed-activities.ts';
import { pollers } from './pollers.ts';
import { traceSinks } from './trace-sinks.ts';
import { createLastSuccess, watchFleet } from './watch-fleet.ts';
import { shutdownTimes } from './shutdown-times.ts';
import { workerDependencies } from './worker-dependencies.ts';
import { ensureSchedules } from './schedules.ts';

export interface WorkerOptions extends TemporalTarget {
  token: ServiceToken;
  workflowBundle: WorkflowBundleOption;
  database: Database;
  keyring: Keyring;
  logger: Logger;
  laneIdleSeconds: number;
  laneHeartbeatSeconds: number;
  /** Devices this process serves at the same time at most. */
  maxLanes: number;
  /** When failing devices are left alone. */
  breaker: Partial<BreakerPolicy>;
  /** What this deployment allows. */
  policy: PolicySource;
  phase: Phase;
  /** What runs when nobody asks, and how often. */
  schedules: ScheduleSettings;
  /** Who is told of plans. */
  webhooks: Announcing;
  metrics: Metrics;
  tracing: Pick<Tracing, 'emit'>;
  /** The process is gone this long after it was told to end, seconds. */
  drainSeconds: number;
}

export interface RunningWorker {
  /** Rejects when a worker failed for good. */
  readonly stopped: Promise<void>;
  /** Resolves when every schedule is as it should be. On a server that is new or busy that takes a while. */
  readonly scheduled: Promise<void>;
  /** What the process needs for its work. */
  readonly dependencies: readonly Dependency[];
  /** Lets running work finish, hands the lanes over, and closes the connections. */
  drain(): Promise<void>;
}

/** Starts the workers of a process: workflows, shared activities, webhooks, leases of lanes. */
export async function runWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { address, namespace, token, database, keyring, logger } = options;
  const processId = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  const connection = await NativeConnection.connect({
    address,
    tls: false,
    apiKey: token.current(),
    // Messages are small and the server is near: compressing them costs more time than it saves on the way.
    grpcCompression: { codec: 'none' },
  });
  token.onRenewed((renewed) => {
    connection.setApiKey(renewed).catch((error: unknown) => logger.error({ err: error }, 'token not renewed'));
  });
  const dataConverter = createDataConverter({ keyring, namespace });
  const temporal = await connectTemporal(options, token, dataConverter);
  const { client } = temporal;
  const lanes = createLaneStarter(client.activity, {
    idleSeconds: options.laneIdleSeconds,
    heartbeatSeconds: options.laneHeartbeatSeconds,
  });
  const shared = { connection, namespace, dataConverter, ...shutdownTimes(options.drainSeconds) };
  const { metrics } = options;
  const interceptorsOf = (queue: ObservedActivities['queue']) => ({
    activity: [observedActivities({ queue, metrics }), failureCodeInterceptor(logger)],
  });

  const visitDevices = createVisitDevices({ ...options, changing: createChangingDevices(client) });

  const fleetActivities = createFleetActivities({
    ...options,
    client,
    lanes,
    log: logger,
    followsPlans: options.schedules.driftIntervalSeconds > 0,
  });

  const workers = await Promise.all([
    Worker.create({
      ...shared,
      identity: `${processId}#workflows`,
      taskQueue: WORKFLOW_QUEUE,
      workflowBundle: options.workflowBundle,
      // What a change has done beside its decisions (workflows/activity-options.ts); nothing of it comes by this queue.
      activities: pickShortWork(fleetActivities),
      enableNonLocalActivities: false,
      interceptors: interceptorsOf('workflows'),
      sinks: traceSinks(options.tracing),
    }),
    Worker.create({
      ...shared,
      identity: `${processId}#fleet`,
      taskQueue: FLEET_QUEUE,
      activities: {
        ...fleetActivities,
        ...createRotationRecords(database),
        ...createMetricRecords(database),
        ...createNoticeActivities({ client, database, source: options.webhooks.source }),
        ...createRetentionActivities({ retention: database.retention, log: logger }),
        ...createDriftRecords(database),
        ...createSnapshotRecords({ client, database }),
      },
      maxConcurrentActivityTaskExecutions: FLEET_SLOTS,
      interceptors: interceptorsOf('fleet'),
    }),
    Worker.create({
      ...shared,
      identity: `${processId}#webhooks`,
      taskQueue: WEBHOOK_QUEUE,
      activities: createWebhookActivities({ ...options, webhooks: database.webhooks, source: options.webhooks.source }),
      maxConcurrentActivityTaskExecutions: WEBHOOK_SLOTS,
      activityTaskPollerBehavior: pollers(1),
      interceptors: interceptorsOf('webhooks'),
    }),
    Worker.create({
      ...shared,
      identity: `${processId}#sweep`,
      taskQueue: SWEEP_QUEUE,
      activities: {
        ...createHealthActivities({
          ...options,
          client,
          visitDevices,
          deviceMetricsSeconds: options.schedules.deviceMetrics.intervalSeconds,
        }),
        ...createMetricActivities({ ...options, visitDevices }),
      },
      maxConcurrentActivityTaskExecutions: SWEEP_SLOTS,
      activityTaskPollerBehavior: pollers(2),
      interceptors: interceptorsOf('sweep'),
    }),
    Worker.create({
      ...shared,
      // A lease has nothing to finish: the sooner it is given up, the sooner another process has it.
      shutdownGraceTime: 0,
      identity: pollerOf(processId, 'lanes'),
      taskQueue: LANE_QUEUE,
      activities: {
        [HOLD_LANE]: createHoldLane({
          ...options,
          connection,
          client,
          processId,
          idleSeconds: options.laneIdleSeconds,
        }),
        [PROBE_CANDIDATE]: createProbeCandidate(keyring),
      },
      maxConcurrentActivityTaskExecutions: options.maxLanes,
      // Leases are wanted many at once, when a whole fleet is read: each poller takes one at a time.
      activityTaskPollerBehavior: pollers(8),
      interceptors: interceptorsOf('lanes'),
    }),
  ]);
  const schedules = scheduleTable(options.schedules);
  const scheduled = ensureSchedules(client, schedules);
  // Whoever waits for it hears of it.
  scheduled.catch(() => undefined);
  const { counts } = database;
  const watch = watchFleet({ counts, lastSuccess: createLastSuccess(client), schedules, metrics, log: logger });
  const stopped = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  return {
    stopped,
    scheduled,
    dependencies: workerDependencies({ client, workers, maxLanes: options.maxLanes, metrics: options.metrics }),
    async drain() {
      watch.close();
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped;
      await temporal.close();
      await connection.close();
      token.stop();
    },
  };
}

/** What `shortWork` of the workflows asks for. */
function pickShortWork(activities: FleetActivities): Record<string, (request: never) => unknown> {
  return {
    loadPlanSteps: (request: Parameters<FleetActivities['loadPlanSteps']>[0]) => activities.loadPlanSteps(request),
    mayProceed: (request: Parameters<FleetActivities['mayProceed']>[0]) => activities.mayProceed(request),
    audit: (record: Parameters<FleetActivities['audit']>[0]) => activities.audit(record),
  };
}

/** Database and Temporal calls at the same time. */
const FLEET_SLOTS = 40;
/** Pages of sweeps, and watched devices, at the same time; they share the visits of the process. */
const SWEEP_SLOTS = 30;
/** Events posted at the same time. */
const WEBHOOK_SLOTS = 10;
