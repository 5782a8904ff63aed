import { z } from 'zod';
import { Environment } from '../../shared/domain/environment.ts';
import { PlanId } from '../../shared/domain/ids.ts';
import { PlanDeviceStatus, PlanStatus, Risk, RolloutOptions, type Plan } from '../../shared/domain/plan.ts';
import { PreCheck } from '../../shared/domain/pre-check.ts';
import { isErrorCode, type ErrorCode } from '../../shared/errors/codes.ts';
import { UNTRUSTED, untrusted } from '../../shared/operations/output-fields.ts';
import { ShownChange } from '../call/shown-change.ts';

export const PlanIdField = PlanId.describe('Id of a plan ("pln_…"), as plan_ tools and list_plans give it');

// Listed one by one the codes would make up most of every plan tool's schema.
const Code = z.string().refine(isErrorCode) as unknown as z.ZodType<ErrorCode, string>;

/** Of the requester or an approver, with its lines and links. */
const PeoplesComment = z.string().meta({ [UNTRUSTED]: true });

const DeviceError = z.object({
  code: Code,
  message: z.string(),
  hint: z.string().optional(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
});

const Approval = z.object({
  by: z.string(),
  at: z.string(),
  decision: z.enum(['approve', 'reject']),
  via: z.enum(['temporal-ui', 'cli', 'console', 'temporal', 'policy']),
  comment: PeoplesComment,
});

const RefusedDecision = z.object({
  eventId: z.int(),
  by: z.string().nullable(),
  at: z.string(),
  decision: z.string(),
  code: Code,
  message: z.string(),
});

const PlanDevice = z.object({
  deviceId: z.string(),
  name: z.string(),
  status: PlanDeviceStatus,
  changes: z.array(ShownChange),
  error: DeviceError.optional(),
  snapshotId: z.string().optional(),
});

const PlanGroup = z.object({
  deviceCount: z.int(),
  deviceIds: z.array(z.string()),
  names: z.array(z.string()),
  changes: z.array(ShownChange),
});

/** Of what routers say of themselves, such as their version. */
const ShownPreCheck = PreCheck.extend({ message: untrusted(2_000) });

/** What an answer to a model leaves out of a large plan. */
const Omitted = z
  .object({ devices: z.int(), changes: z.int() })
  .describe(
    'Of a large plan: entries of devices, and lines of diffs, that are left out; a device whose changes are empty has those of its group',
  );

/** A plan as every surface shows it. */
export const PlanShape = z.object({
  planId: z.string(),
  kind: z.string(),
  status: PlanStatus,
  statusReason: z.string().nullable(),
  environment: Environment,
  risk: Risk,
  riskReasons: z.array(z.string()),
  digest: z.string(),
  requestedBy: z.string(),
  comment: PeoplesComment,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  approvals: z.array(Approval),
  approvalsNeeded: z.int(),
  approvalCommentRequired: z.boolean(),
  approvalValidHours: z.number().nullable(),
  approvalValidUntil: z.iso.datetime().nullable(),
  refusedDecisions: z.array(RefusedDecision),
  rollout: RolloutOptions,
  rollbackUntil: z.iso.datetime().nullable(),
  preChecks: z.array(ShownPreCheck),
  replaces: z.string().nullable(),
  replacedBy: z.string().nullable(),
  devices: z.array(PlanDevice),
  groups: z.array(PlanGroup),
  omitted: Omitted.optional(),
  estimatedEndAt: z.iso.datetime().nullable(),
  progress: z.object({
    applied: z.int(),
    failed: z.int(),
    pending: z.int(),
    skipped: z.int(),
    deferred: z.int(),
    total: z.int(),
  }),
  links: z.object({ console: z.string(), temporal: z.string() }),
}) satisfies z.ZodType<Plan>;

/** A plan in a list: without its devices and their diffs. */
export const PlanLine = PlanShape.omit({
  devices: true,
  groups: true,
  omitted: true,
  preChecks: true,
  approvals: true,
  refusedDecisions: true,
  riskReasons: true,
  rollout: true,
});
