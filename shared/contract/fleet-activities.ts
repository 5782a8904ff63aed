import type { Step } from '../domain/change.ts';
import type { PlanEvent } from '../domain/plan-event.ts';
import type { Approval, PlanDeviceStatus, PlanStatus, RefusedDecision } from '../domain/plan.ts';
import type { ErrorBody } from '../errors/app-error.ts';
import type { Admission, AdmissionRequest } from './admission-messages.ts';
import type { DeviceProgress, PreparedPlan, SignalLog } from './plan-messages.ts';

/** Seconds after a plan began to wait for approval. */
export interface ApprovalReminders {
  remindAfterSeconds: number | null;
  escalateAfterSeconds: number | null;
}

/** Patch of a plan's readable shadow. */
export interface PlanPatch {
  planId: string;
  status: PlanStatus;
  statusReason?: string | null;
  /** It holds no devices any more, although its status is what it was. Default: what it holds follows from its status. */
  releases?: boolean;
  /** Whether the plan was in another status before; counted once a status. */
  isNewStatus?: boolean;
  /** The change of status that endpoints are told of, and what makes a repeated attempt the same event. */
  told?: { from: PlanStatus; to: PlanStatus; key: string };
  approvals?: Approval[];
  refusedDecisions?: RefusedDecision[];
  /** Until when the plan can be taken back, ISO 8601. */
  rollbackUntil?: string | null;
  /** Until when its approvals hold, ISO 8601. */
  approvalValidUntil?: string | null;
}

/** An audit record as workflows write it; `key` makes a repeated attempt the same record. */
export interface WorkflowAudit {
  key: string;
  action: string;
  /** Subject of the person or name of the service that acted. */
  actor: string;
  planId?: string;
  deviceId?: string;
  /** Default: that of the device. */
  environment?: string;
  operation?: string;
  /** How it was proven who acts. */
  authMethod?: string;
  /** Roles of the actor at that time. */
  roles?: string[];
  correlationId?: string;
  outcome: 'requested' | 'ok' | 'refused' | 'failed' | 'unknown';
  code?: string;
  message?: string;
  details?: Record<string, unknown>;
}

/** What a rollout needs to know of a device. */
export interface DeviceFacts {
  name: string;
  /** The device's tag that begins with `site:`, the first by name; null when it has none. */
  site: string | null;
}

/** What a rollout did since it last said so. */
export interface RolloutRecord {
  planId: string;
  audits: WorkflowAudit[];
  devices: DeviceProgress[];
  /** ISO 8601; null while that cannot be said. */
  estimatedEndAt: string | null;
}

/** Another plan, and the devices it holds that somebody else wants. */
export interface HeldDevices {
  planId: string;
  status: PlanStatus;
  deviceCount: number;
  /** Of the first of them. */
  names: string[];
}

/** Activities on the shared queue: database, audit and Temporal; none opens a connection to a router. */
export interface FleetActivities {
  /** Makes sure somebody serves the devices' queues. */
  ensureLanes(request: { deviceIds: string[] }): Promise<void>;
  /** Marks the capture of one device as failed, so that the plan says why. */
  recordCaptureFailure(request: { planId: string; deviceId: string; error: ErrorBody }): Promise<void>;
  /** Computes diffs, steps, risk and digest from what was captured and stores them. */
  composePlan(request: { planId: string }): Promise<PreparedPlan>;
  /** The signals of this very workflow run after `afterEventId`, attributed by what the server stamped. */
  readSignals(request: { afterEventId: number; requestedBy: string }): Promise<SignalLog>;
  /** Whether writing may go on: emergency stops, then the policy's rules and windows. */
  mayProceed(request: AdmissionRequest): Promise<Admission>;
  /**
   * Fails with PLAN_REQUESTER_WITHDRAWN or PLAN_APPROVER_WITHDRAWN when somebody behind the plan lost the role for it, or the
   * policy's rule that approved it is gone.
   */
  checkApprovals(request: {
    planId: string;
    requestedBy: string;
    approvals: Approval[];
    deviceIds: string[];
  }): Promise<void>;
  /** The approval that a rule of the policy gives the prepared plan, on record; null when none does. */
  autoApprove(request: { planId: string }): Promise<Approval | null>;
  /** Writes the plan's shadow, and in the same transaction what endpoints are told of it. */
  recordPlan(patch: PlanPatch): Promise<void>;
  /** Takes the devices for the plan and answers nobody, or answers which other plans hold some of them; `waits`: it is told when they let go. */
  claimDevices(request: { planId: string; deviceIds: string[]; waits: boolean }): Promise<HeldDevices[]>;
  /** When people who let the plan wait are reminded, by the webhooks as they are now; null when nobody would hear of it. */
  approvalReminders(request: { planId: string }): Promise<ApprovalReminders | null>;
  /** Tells endpoints of a plan; `key` makes a repeated attempt the same event. */
  announcePlan(request: { planId: string; event: PlanEvent; key: string }): Promise<void>;
  recordDevices(progress: DeviceProgress[]): Promise<void>;
  /**
   * Steps of one device of an approved plan, whose queue somebody serves from then on; fails with PLAN_TAMPERED when they are
   * not the verified ones.
   */
  loadPlanSteps(request: { planId: string; deviceId: string; stepsDigest: string }): Promise<{
    steps: Step[];
    /** How many steps are made under each guard; histories of versions that knew one guard only have none. */
    guardedParts?: number[];
    /** Indices of those that the plan wrote, or was about to; null, or in older histories nothing, when it is not known. */
    written?: number[] | null;
  }>;
  /**
   * Recomputes the digest from the stored plan and answers the digest of each named device's own steps; fails with
   * PLAN_TAMPERED.
   */
  verifyDigest(request: {
    planId: string;
    digest: string;
    deviceIds: string[];
  }): Promise<{ stepsDigests: Record<string, string> }>;
  /** Ids and names of the plan's devices in these statuses, in rollout order. */
  listPlanDevices(request: {
    planId: string;
    statuses: PlanDeviceStatus[];
  }): Promise<{ deviceId: string; name: string; wave: number; status: PlanDeviceStatus }[]>;
  deviceNames(request: { deviceIds: string[] }): Promise<Record<string, string>>;
  /** Names, and the tags that begin with `site:`, by device id. */
  deviceFacts(request: { deviceIds: string[] }): Promise<Record<string, DeviceFacts>>;
  /** Keeps what a rollout did: audit records first, then the devices' rows, then when it expects to end. */
  recordRollout(record: RolloutRecord): Promise<void>;
  audit(record: WorkflowAudit): Promise<void>;
  /** Completes audit records that dead processes left open; answers how many. */
  settleOpenActions(): Promise<number>;
  /** Notes where the audit's chain ends, in the log and the database, when that is due. */
  anchorAudit(): Promise<{ seq: number } | null>;
}
