import type { DeviceProgress } from '../../../contract/plan-messages.ts';
import type { NewWebhookEvent } from './webhook-store.ts';
import type { PlanPatch } from '../../../contract/fleet-activities.ts';
import type { Change, Step } from '../../../domain/change.ts';
import type { Environment } from '../../../domain/environment.ts';
import type { Plan, PlanDevice, PlanDeviceStatus, PlanStatus, Risk, RolloutOptions } from '../../../domain/plan.ts';
import type { PreCheck } from '../../../domain/pre-check.ts';
import type { DeviceGrant } from '../../../domain/principal.ts';
import type { ErrorBody } from '../../../errors/app-error.ts';

/**
 * Plans and their devices: what was captured, the steps, and the readable shadow of the running workflow. Methods that
 * write fail with PLAN_NOT_FOUND when there is no such plan or no such device in it.
 */
export interface PlanStore {
  /** Stores the wish, `preparing`. Fails with CONFLICT when the id is in use, DEVICE_NOT_FOUND on an unknown device. */
  create(plan: NewPlan): Promise<void>;
  get(planId: string): Promise<StoredPlan | null>;
  /** The plan's `revision` alone, to see cheaply whether there is anything new; null when there is no such plan. */
  revision(planId: string): Promise<number | null>;
  /** What was asked for and where it stands, without what its devices are; null when there is no such plan. */
  wish(planId: string): Promise<PlanWish | null>;
  /** Newest first. */
  list(request: PlanListRequest): Promise<StoredPlanSummary[]>;
  /** Plans on all pages. */
  count(filter: PlanFilter): Promise<number>;
  /** Fails with PLAN_STATE_CONFLICT when the plan is not `preparing` any more, as when an abandoned attempt ends late. */
  saveCapture(planId: string, deviceId: string, captured: unknown): Promise<void>;
  /** Fails like `saveCapture`. */
  saveCaptureFailure(planId: string, deviceId: string, error: ErrorBody): Promise<void>;
  /** In the order the devices were given. */
  captures(planId: string): Promise<PlanCapture[]>;
  /**
   * Stores what will be approved and moves the plan from `preparing` to `awaiting_approval`. Repeating it with the same
   * digest changes nothing; with another, or in another status, it fails with PLAN_STATE_CONFLICT.
   */
  savePrepared(planId: string, prepared: PreparedPlanRows): Promise<void>;
  /** Why a plan is not made, kept with it. */
  savePreChecks(planId: string, preChecks: readonly PreCheck[]): Promise<void>;
  /** What the digest is computed over, devices ordered by id; fails with PLAN_NOT_FOUND. */
  digestSource(planId: string): Promise<PlanDigestSource>;
  /** Null when the plan has no such device or is not prepared. */
  steps(planId: string, deviceId: string): Promise<StepsOfDevice | null>;
  /** What was captured of these devices, and their steps; of a plan that is not prepared none. */
  worked(planId: string, deviceIds: readonly string[]): Promise<PlanDigestSource['devices']>;
  /**
   * Sets the given fields, keeps the others and raises the plan's revision. In another status than before the plan holds
   * its devices only as far as that status says. In the same transaction keeps the event that endpoints are told.
   */
  patch(patch: PlanPatch, event?: NewWebhookEvent): Promise<void>;
  /**
   * Writes the devices' progress in one transaction and raises the revision; `wave` and `error` are kept when left out. What
   * a device that is `applying` is written adds to what was written before, while it may hold that.
   */
  recordDevices(progress: readonly DeviceProgress[]): Promise<void>;
  /** When the plan's rollout expects to end, ISO 8601. */
  saveEstimate(planId: string, estimatedEndAt: string | null): Promise<void>;
  /** In the order the devices were given. */
  devicesIn(
    planId: string,
    statuses: readonly PlanDeviceStatus[],
  ): Promise<{ deviceId: string; name: string; wave: number; status: PlanDeviceStatus }[]>;
}

export interface NewPlan {
  planId: string;
  kind: string;
  input: Record<string, unknown>;
  environment: Environment;
  rollout: RolloutOptions;
  requestedBy: string;
  requestedByName: string;
  comment: string;
  /** ISO 8601. */
  expiresAt: string;
  /** The plan it is made anew from, which then names this one. Default: none. */
  replaces?: string | undefined;
  /** In rollout order. */
  devices: readonly { deviceId: string; name: string }[];
}

/** Until a plan is prepared its digest is empty, its risk `high` and the approvals needed those of that risk. */
export interface StoredPlan extends Omit<Plan, 'links' | 'progress' | 'devices' | 'groups'> {
  requestedByName: string;
  input: Record<string, unknown>;
  /** In rollout order. */
  devices: StoredPlanDevice[];
  /** Raised whenever the plan's or a device's status may have changed, so that a long poll sees it. */
  revision: number;
}

/** A plan as it was asked for, and who approved it. */
export type PlanWish = Pick<
  StoredPlan,
  'planId' | 'kind' | 'input' | 'environment' | 'comment' | 'approvals' | 'status'
> & {
  deviceCount: number;
};

export interface StoredPlanDevice extends PlanDevice {
  /** 0 for the canary and for devices not yet reached, then the batch's number. */
  wave: number;
}

export interface PlanFilter {
  statuses?: readonly PlanStatus[];
  environment?: Environment;
  requestedBy?: string;
  /** Only proposals that were refused, so that no plan came of them, or none of them. Default: both. */
  refused?: boolean;
  /** Only plans all of whose devices are covered. Default: all plans. */
  grants?: readonly DeviceGrant[];
}

export interface PlanListRequest extends PlanFilter {
  /** Rows of a page. */
  limit: number;
  /** Id of the last plan of the page before. */
  before?: string;
}

/** A plan without its diffs. */
export interface StoredPlanSummary extends Omit<StoredPlan, 'devices' | 'input'> {
  deviceIds: string[];
  progress: Plan['progress'];
}

export interface PlanCapture {
  deviceId: string;
  name: string;
  /** As saved by `saveCapture`; null when nothing was captured. */
  captured: unknown;
  error: ErrorBody | null;
}

export interface StepsOfDevice {
  steps: Step[];
  /** Indices of those that the plan wrote or was about to write, ascending; null when that is not known. */
  written: number[] | null;
}

export interface PreparedPlanRows {
  digest: string;
  risk: Risk;
  riskReasons: string[];
  approvalsNeeded: number;
  /** Default false. */
  approvalCommentRequired?: boolean;
  /** Default: they hold for ever. */
  approvalValidHours?: number;
  /** Default: none were made. */
  preChecks?: PreCheck[];
  devices: readonly PreparedPlanDevice[];
}

export interface PreparedPlanDevice {
  deviceId: string;
  status: 'pending' | 'skipped' | 'failed';
  steps: Step[];
  changes: Change[];
}

export interface PlanDigestSource {
  kind: string;
  input: Record<string, unknown>;
  devices: { deviceId: string; captured: unknown; steps: Step[] }[];
}
