import { z } from 'zod';
import type { Environment } from '../domain/environment.ts';
import type { HealthBaseline } from '../domain/health-troubles.ts';
import type { Approval, PlanDeviceStatus, PlanStatus, Risk, RolloutOptions } from '../domain/plan.ts';
import type { PreCheck } from '../domain/pre-check.ts';
import type { ErrorBody } from '../errors/app-error.ts';

/** Input of `planWorkflow`: the wish; everything bulky is in the plan's rows. */
export interface PlanWorkflowInput {
  planId: string;
  kind: string;
  environment: Environment;
  deviceIds: string[];
  rollout: RolloutOptions;
  /** Subject of the person the wish came from, as the web process proved it. */
  requestedBy: string;
  /** How to name that person to people. */
  requestedByName: string;
  /** When an undecided plan expires, ISO 8601. */
  expiresAt: string;
  /** The call whose audit record the workflow completes; inputs from before it did so have none. */
  call?: { callId: string; correlationId: string };
}

/** Input of `planCaptureWorkflow`: the devices that are still to be read. */
export interface PlanCaptureInput {
  planId: string;
  deviceIds: string[];
}

/** What preparing a plan yields; answer of the `prepared` update and part of the workflow's state. */
export interface PreparedPlan {
  planId: string;
  digest: string;
  risk: Risk;
  riskReasons: string[];
  approvalsNeeded: number;
  /** Votes must say why. Absent in histories of versions that did not ask for it. */
  approvalCommentRequired?: boolean;
  /** Hours for which approvals hold. Absent in histories of versions in which they held for ever. */
  approvalValidHours?: number;
  /** Devices that will be written; the rest already are as wanted. */
  toChange: number;
  skipped: number;
  /** The devices to write, in rollout order. */
  deviceIds: string[];
  /** What was looked at, without the devices. Absent in histories of versions that did not look. */
  preChecks?: PreCheck[];
  /** A Markdown card of the diff, grouped by equal diffs, for the approver. */
  diffMarkdown: string;
}

/** Subject that only the web process's own token carries; it alone may start plans and speak for others. */
export const WEB_SUBJECT = 'svc-web';

export const PLAN_SIGNALS = [
  'approve',
  'reject',
  'pause',
  'resume',
  'abort',
  'skip',
  'retry',
  'rollback',
  'apply',
  'cancel',
] as const;
export type PlanSignal = (typeof PLAN_SIGNALS)[number];
/** The signals a person may send through the approval gateway. */
export const GATEWAY_SIGNALS = ['approve', 'reject', 'pause', 'resume', 'abort', 'skip', 'retry', 'rollback'] as const;

/** Payload of `approve` and `reject`; the digest is what is decided on. Its sender is never read from here. */
export const DecisionPayload = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'the digest is 64 lower-case hex characters'),
  comment: z.string().max(2000).default(''),
});
export type DecisionPayload = z.infer<typeof DecisionPayload>;

/**
 * Payload of the other signals. `onBehalfOf` is believed only when the server stamped the signal with the web process's
 * own principal, which authorized that person first.
 */
export const ControlPayload = z.strictObject({
  comment: z.string().max(2000).default(''),
  onBehalfOf: z.string().max(200).optional(),
});
export type ControlPayload = z.infer<typeof ControlPayload>;

const NamedDevices = z.array(z.string().min(1).max(100)).min(1).max(1000);
/** Payload of `skip`: the devices that shall not be changed. */
export const SkipPayload = ControlPayload.extend({ deviceIds: NamedDevices });
/** Payload of `retry`; without devices all that failed. */
export const RetryPayload = ControlPayload.extend({ deviceIds: NamedDevices.optional() });

/** What a signal that is no decision may carry. */
export function controlPayloadOf(signal: PlanSignal): z.ZodType<ControlPayload & { deviceIds?: string[] | undefined }> {
  if (signal === 'skip') return SkipPayload;
  return signal === 'retry' ? RetryPayload : ControlPayload;
}

/** One signal of the plan's own history, attributed by what the server stamped, never by what the payload says. */
export interface AttributedSignal {
  eventId: number;
  at: string;
  signal: PlanSignal;
  /** Proven subject, or null when the server stamped no usable principal. */
  by: string | null;
  /** How to name that person. */
  byName: string | null;
  /**
   * In lower case; null when unknown. One person's logins at several clients have it in common, and their votes are one.
   * Absent in histories of versions that did not look at it.
   */
  email?: string | null;
  /** The person the plan is asked by, also when another login gives them another subject but the same e-mail. */
  isRequester: boolean;
  via: Approval['via'] | 'web';
  /** Those by which the person may send this signal: one of them is held on each device of the plan. */
  roles: string[];
  /** Present when the payload had the right shape. */
  digest: string | null;
  comment: string;
  /** Of `skip` and `retry`; absent when none were named. */
  deviceIds?: string[];
  /** Why the payload could not be used, in a sentence. */
  malformed: string | null;
}

export interface SignalLog {
  /** Subject of whoever started the workflow, as stamped on its first event. */
  startedBy: string | null;
  /** The run was made by resetting another: votes in it carry the resetter's identity and are void. */
  wasReset: boolean;
  signals: AttributedSignal[];
}

/** Answer of the `state` query: what a running plan is doing right now. */
export interface PlanState {
  planId: string;
  status: PlanStatus;
  statusReason: string | null;
  digest: string | null;
  approvals: Approval[];
  approvalsNeeded: number;
}

export interface RolloutInput {
  planId: string;
  digest: string;
  /** Devices in rollout order, all of them. */
  deviceIds: string[];
  rollout: RolloutOptions;
  /** Carried over continue-as-new. */
  carried?: RolloutCarried;
}

/** What a rollout knows of itself; the counts are of devices. */
export interface RolloutCarried {
  /** Of `deviceIds`, those before it had their first turn, or have it now. */
  nextIndex: number;
  wave: number;
  applied: number;
  failed: number;
  /** Devices of failed waves that were put back. */
  rolledBack: number;
  /** Failures the operator has already accepted by resuming. */
  acceptedFailures: number;
  /** Devices of the last wave that were held back before anything was written to them; only of rollouts of whole batches. */
  held?: string[];
  /** Taken out by people. Default 0. */
  skipped?: number;
  /** Those of them whose first turn has not come, by id. */
  skips?: string[];
  /** A canary was reached, or there is none: batches may follow. Default: whether any device had its turn. */
  isProven?: boolean;
  /** Batches begun, which tells how large the next one is. Default 0. */
  batches?: number;
  /** Devices of the wave that is not finished. */
  current?: { left: string[]; changed: ChangedDevice[] };
  /** Devices to be changed before those that had no turn yet: they failed, and somebody wants them tried once more. */
  front?: string[];
  /** Devices to be tried once more that may hold something of the plan, and what was known of them. */
  mayHold?: Record<string, PlanDeviceStatus>;
  deferred?: DeferredDevice[];
  /** The pause after a wave: the devices it changed are looked at again when it is over. */
  watch?: { untilMs: number; changed: ChangedDevice[] };
  /** How long devices took so far, for estimates. */
  measured?: { devices: number; seconds: number };
}

/** A device that a wave changed, and how it was before. */
export interface ChangedDevice {
  deviceId: string;
  baseline: HealthBaseline;
}

/** A device that could not be reached and to which nothing was written. Times in milliseconds since the epoch. */
export interface DeferredDevice {
  deviceId: string;
  firstTriedAtMs: number;
  tries: number;
  dueAtMs: number;
}

/** Answer of the rollout's `progress` query; the counts are of devices. */
export interface RolloutProgress {
  total: number;
  applied: number;
  failed: number;
  rolledBack: number;
  skipped: number;
  /** Could not be reached and are tried again later. */
  deferred: number;
  /** Not done, those deferred and those at work included. */
  left: number;
  wave: number;
  /** As many waves as there will be when all goes well. */
  waves: number;
  paused: boolean;
  reason: string | null;
  /** ISO 8601; null while that cannot be said. */
  estimatedEndAt: string | null;
}

/** Tells a rollout that people want devices left out. */
export interface SkipOrder {
  deviceIds: string[];
  /** What their rows say. */
  error: ErrorBody;
}

/** Tells a paused rollout to go on with these first, with what is known of each. */
export interface RetryOrder {
  devices: { deviceId: string; status: PlanDeviceStatus }[];
}

/** What the rollout tells its plan when it stops or goes on by itself. */
export interface RolloutNotice {
  paused: boolean;
  reason: string | null;
}
export const ROLLOUT_NOTICE_SIGNAL = 'rolloutNotice';

/** Tells a plan that waits for devices that another one let go of some: it looks at once. Anybody may send it. */
export const DEVICES_RELEASED_SIGNAL = 'devicesReleased';

/** Tells a rollout that it may have to pause: it looks at once whether it may go on. Anybody may send it. */
export const RECHECK_SIGNAL = 'recheck';

/** How a rollout ended. */
export interface RolloutResult {
  outcome: 'completed' | 'failed' | 'aborted';
  applied: number;
  failed: number;
  rolledBack: number;
  /** Taken out by people. Default 0. */
  skipped?: number;
  reason: string | null;
  /** Too many failed, and the plan wants all that was changed put back. Default false. */
  takeBackAll?: true;
}

export interface RollbackInput {
  planId: string;
  digest: string;
  /** Only these devices; default: all that were applied, newest first. */
  deviceIds: string[];
  /** Devices undone at the same time. */
  parallel: number;
  /** When it was asked for (ISO 8601): emergency stops in place by then do not hold it back. */
  askedAt?: string;
  /** What devices were before it, where that is not `applied`: one that is held back stays that. Default: all were. */
  was?: Record<string, PlanDeviceStatus>;
  /** Carried over continue-as-new: what came of the devices before these. */
  carried?: RollbackResult;
}

export interface RollbackResult {
  rolledBack: number;
  /** Devices that could not be put back. Their rows say what is left there; of a thousand of them it would not fit here. */
  incomplete: { deviceId: string; name?: string; error: ErrorBody; leftObjects?: number }[];
  /** Why it ended before it came to the rest: an emergency stop that was placed meanwhile. */
  heldBack?: ErrorBody;
}

/** A device's place in a plan, as activities write it. */
export interface DeviceProgress {
  planId: string;
  deviceId: string;
  status: PlanDeviceStatus;
  wave?: number;
  error?: ErrorBody | null;
  /** With `applying`: indices of the device's steps that are written next. Default: it is not known which. */
  writes?: number[];
}
