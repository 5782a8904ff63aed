import { Context } from '@temporalio/activity';
import type { DataConverter } from '@temporalio/common';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Logger } from 'pino';
import { createDeviceActivities } from '../activities/device/index.ts';
import { createRotationActivities } from '../activities/device/rotation/index.ts';
import { openLaneSession } from '../activities/device/lane-session.ts';
import { behindBreaker, type BreakerPolicy } from '../activities/routeros/breaker.ts';
import type { HoldLaneInput } from '../shared/contract/lane-messages.ts';
import { CREDENTIAL_ROTATION_WORKFLOW, DEVICE_CHANGE_WORKFLOW } from '../shared/contract/workflow-types.ts';
import { deviceQueue } from '../shared/contract/task-queues.ts';
import type { Keyring } from '../shared/platform/encryption/keyring.ts';
import type { Metrics } from '../shared/platform/telemetry/metrics.ts';
import { recordSpan } from '../shared/platform/telemetry/spans.ts';
import { createDataConverter } from '../shared/platform/temporal/data-converter.ts';
import type { Database } from '../shared/platform/persistence/database.ts';
import type { PolicySource } from '../shared/platform/policy/policy-source.ts';
import { toFailure } from '../activities/failure.ts';
import { observedActivities } from './observed-activities.ts';
import { laneActivityInterceptor } from './lane-interceptor.ts';
import { createKnownLanes, type KnownLanes } from './known-lanes.ts';
import { openLaneBreaker } from './lane-breaker.ts';
import { takeFence } from './lane-fence.ts';
import { createLaneGate } from './lane-gate.ts';
import { createLaneService } from './lane-service.ts';
import { keepLaneOpen, laneLost } from './keep-lane-open.ts';
import { ofOwnWork } from './own-work.ts';
import { pollers } from './pollers.ts';
import { shutdownTimes } from './shutdown-times.ts';

type LaneMetrics = Pick<
  Metrics,
  | 'lanesOpen'
  | 'lanesOpened'
  | 'lanesClosed'
  | 'laneWaitSeconds'
  | 'routerosRequestSeconds'
  | 'breakerChanges'
  | 'queueWaitSeconds'
  | 'activitySeconds'
>;

export interface LaneDeps {
  connection: NativeConnection;
  client: Client;
  namespace: string;
  database: Database;
  keyring: Keyring;
  logger: Logger;
  /** Identifies this process as a lane's owner. */
  processId: string;
  /** A lane without work is closed after this, seconds. */
  idleSeconds: number;
  /** Lanes this process holds at most. */
  maxLanes: number;
  /** When a failing device is left alone. */
  breaker: Partial<BreakerPolicy>;
  /** What must not be written. */
  policy: PolicySource;
  metrics: LaneMetrics;
  /** The process is gone this long after it was told to end, seconds. */
  drainSeconds: number;
  /** What lanes are opened with. */
  known: KnownLanes;
  /** Of what comes to lanes and leaves them. */
  dataConverter: DataConverter;
}

/**
 * The lease of a device: while this activity runs, this process alone serves the device's queue. The server runs at most
 * one of an id; when the process dies its heartbeats stop and another one gets the lease.
 */
export function createHoldLane(given: Omit<LaneDeps, 'dataConverter' | 'known'>) {
  // What a router is made to do is Convoy's own word: without the master key nobody can say it, whatever token they hold.
  // One for all lanes: each has a data key, which those who open must derive.
  const dataConverter = createDataConverter({ keyring: given.keyring, namespace: given.namespace, plain: 'refuse' });
  const deps: LaneDeps = { ...given, dataConverter, known: createKnownLanes(given) };
  let open = 0;
  return async function holdLane({ deviceId }: HoldLaneInput): Promise<'idle'> {
    deps.metrics.lanesOpen.set((open += 1));
    deps.metrics.lanesOpened.inc();
    let reason: 'idle' | 'drained' | 'failed' = 'idle';
    try {
      for (;;) {
        const ended = await serve(deps, deviceId, () =>
          open >= deps.maxLanes * CROWDED ? CROWDED_IDLE_MS : deps.idleSeconds * 1000,
        );
        // A task may have slipped in while the lane closed: nobody else would wake for it.
        if (ended === 'idle' && (await backlog(deps, deviceId)) === 0) return 'idle';
      }
    } catch (error) {
      // This process is going down, not the device: another one takes over at once.
      reason = Context.current().cancellationSignal.aborted ? 'drained' : 'failed';
      throw reason === 'drained' ? laneLost() : toFailure(error);
    } finally {
      deps.metrics.lanesOpen.set((open -= 1));
      deps.metrics.lanesClosed.inc({ reason });
    }
  };
}

/** Share of `maxLanes` from which on a lane gives its place up soon: another device may be waiting for it. */
const CROWDED = 0.8;
const CROWDED_IDLE_MS = 1_500;
/** A change comes back for its next step and does not ask again whether the lane is there (workflows/activity-options.ts). */
const KEPT_FOR_CHANGE_MS = 15_000;
const CHANGES: ReadonlySet<string | undefined> = new Set([DEVICE_CHANGE_WORKFLOW, CREDENTIAL_ROTATION_WORKFLOW]);

async function serve(deps: LaneDeps, deviceId: string, idleMs: () => number): Promise<'idle' | 'settings changed'> {
  const { database, logger } = deps;
  const { device, sealed, breaker: record } = await deps.known.settingsOf(deviceId);
  const fence = await takeFence(database.lanes, deviceId, deps.processId);
  const gate = createLaneGate(device.lane, { onWait: observeWait(deps.metrics) });
  const breaker = openLaneBreaker(deps, deviceId, { record, epoch: () => fence.epoch() });
  let isDoubtful = false;
  const session = openLaneSession({
    device,
    sealed,
    keyring: deps.keyring,
    gate: behindBreaker(breaker, gate.pass),
    // The breaker knows about REST: while that is left alone, SSH may tell why, and its answers say nothing about REST.
    sshGate: gate.pass,
    observe: ({ outcome, durationMs }) => {
      deps.metrics.routerosRequestSeconds.observe({ outcome }, durationMs / 1000);
      isDoubtful ||= DOUBTFUL.has(outcome);
    },
  });
  let lastUsedMs = performance.now();
  let keptUntilMs = 0;
  const touch = (): void => {
    lastUsedMs = performance.now();
  };
  const own = {
    session,
    database,
    cancelled: () => Context.current().cancellationSignal,
    assertOwner: () => fence.assertOwner(),
  };
  const activities = createDeviceActivities({ ...own, deviceId, policy: deps.policy });
  let mustReopen = false;
  const rotation = createRotationActivities({
    ...own,
    device,
    sealed,
    keyring: deps.keyring,
    gate: gate.pass,
    reopen: () => {
      mustReopen = true;
    },
  });
  const worker = await Worker.create({
    connection: deps.connection,
    namespace: deps.namespace,
    taskQueue: deviceQueue(deviceId),
    // Stands readable in histories, as a device's name must not.
    identity: `${deps.processId}#${deviceId}`,
    dataConverter: deps.dataConverter,
    activities: ofOwnWork(deps.client, { ...activities, ...rotation }),
    nexusServices: [
      createLaneService(activities, touch, (error) => logger.error({ err: error, deviceId }, 'read failed')),
    ],
    // The gate is the limit; these are the second wall, wide enough that work waits in the gate and not at the server.
    maxConcurrentActivityTaskExecutions: device.lane.maxInFlight + 1,
    activityTaskPollerBehavior: pollers(1),
    maxConcurrentNexusTaskExecutions: NEXUS_SLOTS,
    nexusTaskPollerBehavior: pollers(1),
    maxTaskQueueActivitiesPerSecond: device.lane.requestsPerSecond,
    ...shutdownTimes(deps.drainSeconds),
    interceptors: {
      activity: [
        observedActivities({ queue: 'device', metrics: deps.metrics }),
        laneActivityInterceptor((workflowType) => {
          touch();
          if (CHANGES.has(workflowType)) keptUntilMs = lastUsedMs + KEPT_FOR_CHANGE_MS;
        }),
      ],
    },
  });
  logger.info({ deviceId, device: device.name, epoch: fence.epoch() }, 'lane opened');
  try {
    return await keepLaneOpen(
      deps,
      worker,
      {
        device,
        sealed,
        checkedAt: device.updatedAt,
        mustReopen: () => mustReopen,
        fenced: fence.lost,
        takeDoubt: () => {
          const was = isDoubtful;
          isDoubtful = false;
          return was;
        },
      },
      () => gate.busy === 0 && performance.now() - lastUsedMs > idleMs() && performance.now() > keptUntilMs,
    );
  } finally {
    await session.close();
    await breaker.saved();
    logger.info({ deviceId, device: device.name, epoch: fence.epoch() }, 'lane closed');
  }
}

/** The device shows another certificate, or refuses the login: perhaps others are trusted and used by now. */
const DOUBTFUL: ReadonlySet<string> = new Set(['certificate', '401']);

/** What a request waited for its turn, counted and as a part of what it was made for. */
function observeWait({ laneWaitSeconds }: LaneMetrics): (seconds: number) => void {
  return (seconds) => {
    laneWaitSeconds.observe(seconds);
    if (seconds >= NOTABLE_WAIT_SECONDS) recordSpan('lane wait', { durationMs: seconds * 1000 });
  };
}

/** Shorter waits are only counted: a span of each would tell nothing. */
const NOTABLE_WAIT_SECONDS = 0.001;

/** Reads waiting at the gate at once; each holds a slot. */
const NEXUS_SLOTS = 50;

async function backlog({ client, namespace }: LaneDeps, deviceId: string): Promise<number> {
  const described = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: deviceQueue(deviceId) },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    reportStats: true,
  });
  return Number(described.stats?.approximateBacklogCount ?? 0);
}
