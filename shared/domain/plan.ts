import { z } from 'zod';
import type { ErrorBody } from '../errors/app-error.ts';
import type { Change } from './change.ts';
import type { Environment } from './environment.ts';
import type { PlanGroup } from './plan-groups.ts';
import type { PreCheck } from './pre-check.ts';

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

/** Devices a plan may cover. */
export const MOST_PLAN_DEVICES = 1000;

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

/**
 * Nothing of such a plan is made any more, only taken back. A rollout that somebody terminated leaves changes that were on
 * their way; they must not write what was taken back since.
 */
export const NEVER_BEGUN: ReadonlySet<PlanStatus> = new Set<PlanStatus>([
  'rolling_back',
  'rolled_back',
  'rollback_incomplete',
  'cancelled',
  'rejected',
  'expired',
]);

/**
 * `skipped`: it already was as wanted, or a person took it out. `unhealthy`: it holds the change, and was found in trouble
 * when it was looked at again. `failed`: it holds nothing of the change.
 */
export const PlanDeviceStatus = z.enum([
  'pending',
  'skipped',
  'applying',
  'verifying',
  'applied',
  'unhealthy',
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

/** How a plan is carried out; every field but `notBefore` and `maxParallelPerSite` has a default. */
export const RolloutOptions = z
  .strictObject({
    canary: z.int().min(0).max(50).default(1).describe('Devices changed first, alone; 0 for none'),
    batchSize: z.int().min(1).max(50).default(5).describe('Devices of the first batch after it'),
    batchGrowth: z.number().min(1).max(10).default(1).describe('Each next batch is so many times larger'),
    maxBatchSize: z.int().min(1).max(500).default(50).describe('The largest batch'),
    maxParallel: z.int().min(1).max(50).default(50).describe('Devices written at the same time'),
    maxParallelPerSite: z.int().min(1).max(50).optional().describe('Of those, with the same site: tag'),
    pauseSeconds: z.int().min(0).max(86_400).default(30).describe('To watch after each batch'),
    maxFailures: z.int().min(0).max(1000).default(0).describe('Failed devices tolerated'),
    maxFailurePercent: z.number().min(0).max(100).default(100).describe('The same in percent of all'),
    autoRollback: z.boolean().default(true).describe('Undo when more fail'),
    rollbackScope: z.enum(['batch', 'all']).default('batch').describe('What autoRollback undoes'),
    unreachableSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .default(120)
      .describe('How long unreachable devices are tried again'),
    rollbackWindowSeconds: z.int().min(0).max(604_800).default(86_400).describe('How long rollback stays possible'),
    apply: z
      .enum(['on_approval', 'on_request'])
      .default('on_approval')
      .describe('Start when approved, or wait for apply_plan'),
    notBefore: z.iso.datetime().optional().describe('Start no earlier'),
  })
  .superRefine((options, context) => {
    for (const [key, message] of contradictions(options)) {
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });
export type RolloutOptions = z.infer<typeof RolloutOptions>;

function contradictions(options: {
  batchSize: number;
  maxBatchSize: number;
  maxParallel: number;
  maxParallelPerSite?: number | undefined;
  autoRollback: boolean;
  rollbackScope: string;
}): [key: string, message: string][] {
  const { batchSize, maxBatchSize, maxParallel, maxParallelPerSite = 1, autoRollback, rollbackScope } = options;
  const found: [string, string][] = [];
  if (maxBatchSize < batchSize) {
    found.push([
      'maxBatchSize',
      `maxBatchSize is ${maxBatchSize}, but must be at least batchSize, which is ${batchSize}`,
    ]);
  }
  if (maxParallelPerSite > maxParallel) {
    found.push([
      'maxParallelPerSite',
      `maxParallelPerSite is ${maxParallelPerSite}, but must be at most maxParallel, which is ${maxParallel}`,
    ]);
  }
  if (rollbackScope === 'all' && !autoRollback) {
    found.push([
      'rollbackScope',
      'rollbackScope is all, but with autoRollback false nothing is undone; give one of the two',
    ]);
  }
  return found;
}

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
  /** The configuration as it was before the plan's first write to the device. */
  snapshotId?: string;
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
  /** Votes must say why; the policy's rule when the plan was prepared. */
  approvalCommentRequired: boolean;
  /** Hours for which approvals hold; null until the plan is prepared, and where they hold for ever. */
  approvalValidHours: number | null;
  /** Until when its approvals hold, ISO 8601; null before it is approved, and where they hold for ever. */
  approvalValidUntil: string | null;
  refusedDecisions: RefusedDecision[];
  rollout: RolloutOptions;
  /** Until when it can be taken back; null before its end, and when there is nothing to take back. */
  rollbackUntil: string | null;
  /** What was looked at before it may be decided on; empty until the plan is prepared. */
  preChecks: PreCheck[];
  /** The plan it was made anew from. */
  replaces: string | null;
  /** The plan that was made anew from it, the newest one. */
  replacedBy: string | null;
  devices: PlanDevice[];
  /** Equal diffs once, each with its devices. */
  groups: PlanGroup[];
  /** When the rollout is expected to end, ISO 8601; null while that is not known, and when it does not run. */
  estimatedEndAt: string | null;
  /** `deferred` ones could not be reached and are tried again; they are counted as pending too. */
  progress: { applied: number; failed: number; pending: number; skipped: number; deferred: number; total: number };
  links: { console: string; temporal: string };
}
