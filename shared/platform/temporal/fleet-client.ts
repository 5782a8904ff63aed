import type { ProbeReply, ProbeRequest } from '../../contract/lane-messages.ts';
import type { DeviceChangeInput, DeviceChangeResult, ReadReply, ReadRequest } from '../../contract/device-messages.ts';
import type { DriftCheckInput, DriftCheckResult } from '../../contract/drift-messages.ts';
import type { PlanSignal, PlanState, PlanWorkflowInput, PreparedPlan } from '../../contract/plan-messages.ts';
import type { LoginRotationInput, LoginRotationResult } from '../../contract/rotation-messages.ts';
import type { WebhookDelivery } from '../../contract/webhook-messages.ts';
import type { SnapshotInput, SnapshotTaken } from '../../contract/snapshot-messages.ts';

export interface ReadOptions {
  /** Default 30 000. */
  timeoutMs?: number;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal;
}

/** Everything the front end asks of Temporal. Failures are AppErrors with the code the worker gave. */
export interface FleetClient {
  /** A live read through the device's lane: by the fast door, or by a standalone activity where it is shut. */
  read(request: ReadRequest, options?: ReadOptions): Promise<ReadReply & { door: 'nexus' | 'activity' }>;
  /** One write under the device's lock; DEVICE_BUSY when another change holds it. */
  change(input: DeviceChangeInput): Promise<DeviceChangeResult>;
  /** Whether a change holds the device's lock at the moment. */
  isChanging(deviceId: string): Promise<boolean>;
  /** Whether the plan's workflow runs; of one that was ended from outside the row may say otherwise. */
  isPlanRunning(planId: string): Promise<boolean>;
  /** Steps an operation would take now, without taking them. */
  preview(request: ReadRequest): Promise<DeviceChangeResult['changes']>;
  /** Connects to a router past its lane and says what was found: before it is registered, or to try a login. */
  probe(request: ProbeRequest): Promise<ProbeReply>;
  /** Gives a device a new login under its lock; DEVICE_BUSY when a change holds it. */
  rotateLogin(input: LoginRotationInput): Promise<LoginRotationResult>;
  /** Takes a snapshot of a device's configuration, or waits for the one that is being taken already. */
  snapshot(input: SnapshotInput): Promise<SnapshotTaken>;
  /** Compares a device with its baseline, or waits for the comparison that is being made already. */
  checkDrift(input: DriftCheckInput): Promise<DriftCheckResult>;
  /** Starts the plan's workflow and waits until the plan is prepared or refused. */
  startPlan(input: PlanWorkflowInput): Promise<PreparedPlan>;
  /** Sends a control signal on behalf of a person the front end has authorized. */
  signalPlan(planId: string, signal: PlanSignal, payload: Record<string, unknown>): Promise<void>;
  /** Has a plan's rollout look at once whether it may go on; fails when there is none or it has ended. */
  recheckRollout(planId: string): Promise<void>;
  planState(planId: string): Promise<PlanState>;
  /** Has an endpoint told of an event now, also when it is on its way already. */
  deliverWebhook(delivery: WebhookDelivery): Promise<void>;
  /** Fails when Temporal does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
