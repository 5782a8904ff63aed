import { z } from 'zod';
import type { ErrorBody } from '../errors/app-error.ts';
import type { Change } from './change.ts';
import type { Environment } from './environment.ts';

export const PlanStatus = z.enum([
  'preparing',
  'awaiting_approval',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'rolling_out',
  'paused',
  'completed',
  'failed',
  'rolling_back',
  'rolled_back',
  'rollback_incomplete',
]);
export type PlanStatus = z.infer<typeof PlanStatus>;

/** Statuses in which nothing more happens to a plan by itself. */
export const SETTLED_PLAN_STATUSES = [
  'rejected',
  'expired',
  'cancelled',
  'completed',
  'failed',
  'rolled_back',
  'rollback_incomplete',
] as const satisfies readonly PlanStatus[];

export const PlanDeviceStatus = z.enum([
  'pending',
  'skipped',
  'applying',
  'verifying',
  'applied',
  'failed',
  'unknown',
  'rolling_back',
  'rolled_back',
  'rollback_failed',
]);
export type PlanDeviceStatus = z.infer<typeof PlanDeviceStatus>;

export const Risk = z.enum(['low', 'medium', 'high']);
export type Risk = z.infer<typeof Risk>;

/** People who must approve, by risk. */
export const APPROVALS_NEEDED = { low: 1, medium: 1, high: 2 } as const satisfies Record<Risk, number>;

/** How a plan is carried out; every field has a default. */
export const RolloutOptions = z.strictObject({
  canary: z.int().min(0).max(50).default(1).describe('Devices changed first, alone; 0 for no canary'),
  batchSize: z.int().min(1).max(50).default(5).describe('Devices changed at the same time after the canary'),
  pauseSeconds: z.int().min(0).max(86_400).default(30).describe('Seconds to wait and watch between batches'),
  maxFailures: z.int().min(0).max(500).default(0).describe('Failed devices tolerated before the rollout pauses'),
  maxFailurePercent: z
    .number()
    .min(0)
    .max(100)
    .default(100)
    .describe('Failed devices tolerated, as a percentage of all; the stricter of the two limits holds'),
  autoRollback: z.boolean().default(true).describe('Undo the failing batch when the failure budget is exceeded'),
  apply: z
    .enum(['on_approval', 'on_request'])
    .default('on_approval')
    .describe('Start when approved, or wait for apply_plan'),
  notBefore: z.iso.datetime().optional().describe('Do not start before this time (ISO 8601, UTC)'),
});
export type RolloutOptions = z.infer<typeof RolloutOptions>;

/** How a decision reached the platform; `policy`: a rule of the policy file made it. */
export type ApprovalVia = 'temporal-ui' | 'cli' | 'console' | 'temporal' | 'policy';

/** A counted vote. `by` is the person's subject, or `policy:` and a rule's name. */
export interface Approval {
  by: string;
  at: string;
  decision: 'approve' | 'reject';
  via: ApprovalVia;
  comment: string;
}

/** A vote that did not count, and why. */
export interface RefusedDecision {
  /** The event of the workflow's history that carried it. */
  eventId: number;
  by: string | null;
  at: string;
  decision: string;
  code: ErrorBody['code'];
  message: string;
}

export interface PlanDevice {
  deviceId: string;
  name: string;
  status: PlanDeviceStatus;
  changes: Change[];
  error?: ErrorBody;
}

/** A plan as every surface shows it. */
export interface Plan {
  planId: string;
  kind: string;
  status: PlanStatus;
  /** Why the plan is in this status, in a sentence, when there is more to say. */
  statusReason: string | null;
  environment: Environment;
  risk: Risk;
  riskReasons: string[];
  digest: string;
  requestedBy: string;
  comment: string;
  createdAt: string;
  expiresAt: string;
  approvals: Approval[];
  approvalsNeeded: number;
  refusedDecisions: RefusedDecision[];
  rollout: RolloutOptions;
  devices: PlanDevice[];
  progress: { applied: number; failed: number; pending: number; total: number };
  links: { console: string; temporal: string };
}
