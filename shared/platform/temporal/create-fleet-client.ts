import { WithStartWorkflowOperation, WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { defineSearchAttributeKey, WorkflowNotFoundError } from '@temporalio/common';
import type { DeviceChangeInput, DeviceChangeResult } from '../../contract/device-messages.ts';
import { PROBE_CANDIDATE, type ProbeReply } from '../../contract/lane-messages.ts';
import { RECHECK_SIGNAL } from '../../contract/plan-messages.ts';
import type { PlanState, PlanWorkflowInput, PreparedPlan } from '../../contract/plan-messages.ts';
import type { LoginRotationInput, LoginRotationResult } from '../../contract/rotation-messages.ts';
import type { WebhookDelivery } from '../../contract/webhook-messages.ts';
import type { DriftCheckInput, DriftCheckResult } from '../../contract/drift-messages.ts';
import type { SnapshotInput, SnapshotTaken } from '../../contract/snapshot-messages.ts';
import { LANE_QUEUE, deviceQueue, WORKFLOW_QUEUE } from '../../contract/task-queues.ts';
import {
  deviceChangeWorkflowId,
  planWorkflowId,
  driftCheckWorkflowId,
  snapshotWorkflowId,
  webhookWorkflowId,
} from '../../contract/workflow-ids.ts';
import {
  CREDENTIAL_ROTATION_WORKFLOW,
  DEVICE_CHANGE_WORKFLOW,
  PLAN_WORKFLOW,
  DRIFT_CHECK_WORKFLOW,
  SNAPSHOT_WORKFLOW,
  WEBHOOK_WORKFLOW,
} from '../../contract/workflow-types.ts';
import { changesOf, type Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/codes.ts';
import { appErrorOf } from './failure-codes.ts';
import { nameHolder } from './device-busy.ts';
import type { FleetClient } from './fleet-client.ts';
import { createLaneReader, type LaneReaderOptions } from './lane-reader.ts';
import { createLaneStarter, type LaneStarterOptions } from './lane-starter.ts';
import type { NexusDoor } from './nexus-door.ts';

/** Bytes of a name in a summary: Temporal allows 400 bytes, of which the seal takes half. */
const NAME_IN_SUMMARY = 80;
/** KeywordList attributes hold 2 KB; a plan of more devices is found by its other attributes. */
const DEVICES_IN_ATTRIBUTE = 50;

type PlanWorkflow = (input: PlanWorkflowInput) => Promise<PlanState>;

/** The front end's view of Temporal over one connection. */
export function createFleetClient(
  client: Client,
  door: NexusDoor | null,
  lane: LaneStarterOptions & Pick<LaneReaderOptions, 'onDoor'> & { onClose?: () => Promise<void> },
): FleetClient {
  const lanes = createLaneStarter(client.activity, lane);
  const reader = createLaneReader(client.activity, lanes, { door, onDoor: lane.onDoor });
  return {
    read: (request, options) => reader.read(request, options),

    async change(input) {
      return translated(async () => {
        const handle = await client.workflow
          .start<(given: DeviceChangeInput) => Promise<DeviceChangeResult>>(DEVICE_CHANGE_WORKFLOW, {
            workflowId: deviceChangeWorkflowId(input.deviceId),
            taskQueue: WORKFLOW_QUEUE,
            args: [input],
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'FAIL',
            staticSummary: `${input.cause.by === 'operation' ? input.cause.operation : input.cause.planId} on ${input.deviceName}`,
            typedSearchAttributes: [{ key: attribute('ConvoyDeviceId'), value: input.deviceId }],
          })
          .catch(async (error: unknown) => {
            throw await nameHolder(client, error);
          });
        return handle.result().catch((error: unknown) => {
          throw unlessRefused(error, input.deviceId);
        });
      });
    },

    isChanging: (deviceId) => translated(() => isRunning(client, deviceChangeWorkflowId(deviceId))),

    isPlanRunning: (planId) => translated(() => isRunning(client, planWorkflowId(planId))),

    async preview({ deviceId, operation, input }) {
      return translated(async () => {
        const [steps] = await Promise.all([
          client.activity.execute<Step[]>('prepareOperation', {
            id: `preview/${deviceId}/${operation}/${crypto.randomUUID()}`,
            taskQueue: deviceQueue(deviceId),
            args: [{ deviceId, operation, input }],
            scheduleToStartTimeout: '20s',
            scheduleToCloseTimeout: '60s',
            heartbeatTimeout: '10s',
            retry: { maximumAttempts: 2, initialInterval: '200ms', nonRetryableErrorTypes: ['DEVICE_COOLING_DOWN'] },
          }),
          lanes.ensure(deviceId, { evenIfRemembered: true }),
        ]);
        return changesOf(steps);
      });
    },

    probe: (request) =>
      translated(() =>
        client.activity.execute<ProbeReply>(PROBE_CANDIDATE, {
          id: `probe/${request.deviceId}/${crypto.randomUUID()}`,
          taskQueue: LANE_QUEUE,
          args: [request],
          scheduleToCloseTimeout: '45s',
          retry: { maximumAttempts: 1 },
          summary: `probe of ${request.host}:${request.restPort}`,
        }),
      ),

    rotateLogin: (input) =>
      translated(async () => {
        const handle = await client.workflow
          .start<(given: LoginRotationInput) => Promise<LoginRotationResult>>(CREDENTIAL_ROTATION_WORKFLOW, {
            // The lock of every write: a login must not change under a change, nor the other way round.
            workflowId: deviceChangeWorkflowId(input.deviceId),
            taskQueue: WORKFLOW_QUEUE,
            args: [input],
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'FAIL',
            staticSummary: `new login for ${input.deviceName}`,
            typedSearchAttributes: [{ key: attribute('ConvoyDeviceId'), value: input.deviceId }],
          })
          .catch(async (error: unknown) => {
            throw await nameHolder(client, error);
          });
        return handle.result().catch((error: unknown) => {
          throw unlessRefused(error, input.deviceId);
        });
      }),

    snapshot: (input) =>
      translated(async () => {
        const handle = await client.workflow.start<(given: SnapshotInput) => Promise<SnapshotTaken>>(
          SNAPSHOT_WORKFLOW,
          {
            workflowId: snapshotWorkflowId(input.deviceId),
            taskQueue: WORKFLOW_QUEUE,
            args: [input],
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
            staticSummary: `snapshot of ${input.deviceName}`,
            typedSearchAttributes: [{ key: attribute('ConvoyDeviceId'), value: input.deviceId }],
          },
        );
        return handle.result();
      }),

    checkDrift: (input) =>
      translated(async () => {
        const handle = await client.workflow.start<(given: DriftCheckInput) => Promise<DriftCheckResult>>(
          DRIFT_CHECK_WORKFLOW,
          {
            workflowId: driftCheckWorkflowId(input.deviceId),
            taskQueue: WORKFLOW_QUEUE,
            args: [input],
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
            staticSummary: `drift of ${input.deviceId}`,
            typedSearchAttributes: [{ key: attribute('ConvoyDeviceId'), value: input.deviceId }],
          },
        );
        return handle.result();
      }),

    async startPlan(input) {
      return translated(async () => {
        const startWorkflowOperation = new WithStartWorkflowOperation<PlanWorkflow>(PLAN_WORKFLOW, {
          workflowId: planWorkflowId(input.planId),
          taskQueue: WORKFLOW_QUEUE,
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          staticSummary: `${input.kind} on ${input.deviceIds.length} ${input.environment} device(s), asked by ${cutToBytes(input.requestedByName, NAME_IN_SUMMARY)}`,
          typedSearchAttributes: [
            { key: attribute('ConvoyPlanId'), value: input.planId },
            { key: attribute('ConvoyPlanKind'), value: input.kind },
            { key: attribute('ConvoyPlanStatus'), value: 'preparing' },
            { key: attribute('ConvoyEnvironment'), value: input.environment },
            { key: attribute('ConvoyRequestedBy'), value: input.requestedByName },
            { key: defineSearchAttributeKey('ConvoyDeviceCount', 'INT'), value: input.deviceIds.length },
            { key: defineSearchAttributeKey('ConvoyExpiresAt', 'DATETIME'), value: new Date(input.expiresAt) },
            {
              key: defineSearchAttributeKey('ConvoyDevices', 'KEYWORD_LIST'),
              value: input.deviceIds.slice(0, DEVICES_IN_ATTRIBUTE),
            },
          ],
        });
        return client.workflow.executeUpdateWithStart<PlanWorkflow, PreparedPlan, []>('prepared', {
          startWorkflowOperation,
          updateId: 'prepared',
        });
      });
    },

    signalPlan: (planId, signal, payload) =>
      translated(() => client.workflow.getHandle(planWorkflowId(planId)).signal(signal, payload)),

    recheckRollout: (planId) =>
      translated(() => client.workflow.getHandle(planWorkflowId(planId)).signal(RECHECK_SIGNAL)),

    planState: (planId) =>
      translated(() => client.workflow.getHandle(planWorkflowId(planId)).query<PlanState>('state')),

    deliverWebhook: (delivery) =>
      translated(async () => {
        await client.workflow.start<(given: WebhookDelivery) => Promise<string>>(WEBHOOK_WORKFLOW, {
          workflowId: webhookWorkflowId(delivery),
          taskQueue: WORKFLOW_QUEUE,
          args: [delivery],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          // One that waits for its next attempt, or is about to end, would not tell the endpoint now.
          workflowIdConflictPolicy: 'TERMINATE_EXISTING',
          staticSummary: `${delivery.eventId} to ${delivery.endpoint}`,
        });
      }),

    async ping() {
      await translated(async () => {
        await client.workflowService.describeNamespace({ namespace: client.options.namespace });
      });
    },

    async close() {
      await door?.close();
      await lane.onClose?.();
    },
  };
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

function attribute(name: string) {
  return defineSearchAttributeKey(name, 'KEYWORD');
}

/** Counted as JSON, which is what a summary is stored as. */
function cutToBytes(text: string, bytes: number): string {
  let cut = text.slice(0, bytes);
  while (Buffer.byteLength(JSON.stringify(cut)) > bytes + 2) cut = cut.slice(0, -1);
  return cut;
}

/** Codes that say nothing of a change that has begun: it goes on while nobody here hears of it. */
const SILENT_CODES: readonly ErrorCode[] = ['SERVICE_UNAVAILABLE', 'TIMEOUT', 'INTERNAL_ERROR'];

/** A refusal of the change's own as it is. Of anything else it must not be believed that the change may be made again. */
function unlessRefused(error: unknown, deviceId: string): AppError {
  const known = appErrorOf(error);
  if (!SILENT_CODES.includes(known.code)) return known;
  return new AppError('OUTCOME_UNKNOWN', {
    message: 'The change has begun, and how it ended cannot be learned now.',
    hint: 'It goes on by itself. Read the device before trying again.',
    details: { deviceId },
    cause: error,
  });
}

async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw new AppError('DEVICE_BUSY', { cause: error });
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') {
      throw new AppError('PLAN_STATE_CONFLICT', {
        message: 'The plan is over; nothing more can be done with it.',
        cause: error,
      });
    }
    throw appErrorOf(error);
  }
}
