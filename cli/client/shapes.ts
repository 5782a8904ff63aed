import { z } from 'zod';
import { LeftObject } from '../../shared/domain/left-object.ts';

/** What the command line reads of the API's answers; further fields are kept and shown with `--json`. */
/** How a router is, as its regular checks tell. */
const HealthView = z.looseObject({
  status: z.string(),
  since: z.string().nullable(),
  lastSeenAt: z.string().nullable(),
  isFlapping: z.boolean(),
});

export const DeviceView = z.looseObject({
  deviceId: z.string(),
  name: z.string(),
  environment: z.string(),
  tags: z.array(z.string()),
  status: z.string(),
  breaker: z.looseObject({ state: z.string(), failures: z.number(), retryAt: z.string().nullable() }),
  model: z.string().nullable(),
  version: z.string().nullable(),
  identity: z.string().nullable(),
  flags: z.record(z.string(), z.boolean()),
  health: HealthView.optional(),
});
export type DeviceView = z.infer<typeof DeviceView>;

export const DeviceDetail = DeviceView.extend({
  host: z.string(),
  restPort: z.number(),
  sshPort: z.number().nullable(),
  sshHostKey: z.string().nullable(),
  serialNumber: z.string().nullable(),
  tls: z.looseObject({ mode: z.string(), fingerprint256: z.string().optional() }),
  lane: z.looseObject({ maxInFlight: z.number(), requestsPerSecond: z.number() }),
});
export type DeviceDetail = z.infer<typeof DeviceDetail>;

export const DevicePage = z.looseObject({
  devices: z.array(DeviceView),
  total: z.number(),
  nextCursor: z.string().optional(),
});

/** A router's record, and what it said when it was connected to. */
export const FoundDevice = z.looseObject({
  device: DeviceDetail,
  found: z.looseObject({
    identity: z.string(),
    model: z.string().nullable(),
    version: z.string(),
    serialNumber: z.string().nullable(),
    fingerprint256: z.string().nullable(),
    sshHostKey: z.string().nullable(),
  }),
});

export type FoundDevice = z.infer<typeof FoundDevice>;

const ChangeView = z.looseObject({ path: z.string(), key: z.string(), summary: z.string() });

export const PlanDeviceView = z.looseObject({
  deviceId: z.string(),
  name: z.string(),
  status: z.string(),
  changes: z.array(ChangeView),
  error: z
    .looseObject({
      code: z.string(),
      message: z.string(),
      hint: z.string().optional(),
      details: z.looseObject({ left: z.array(LeftObject.loose()).optional() }).optional(),
    })
    .optional(),
  /** The configuration before the plan's first write. */
  snapshotId: z.string().optional(),
});
export type PlanDeviceView = z.infer<typeof PlanDeviceView>;

const PlanLineView = z.looseObject({
  planId: z.string(),
  kind: z.string(),
  status: z.string(),
  statusReason: z.string().nullable(),
  environment: z.string(),
  risk: z.string(),
  digest: z.string(),
  requestedBy: z.string(),
  comment: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  approvalsNeeded: z.number(),
  approvalCommentRequired: z.boolean().default(false),
  estimatedEndAt: z.string().nullable().default(null),
  progress: z.looseObject({
    applied: z.number(),
    failed: z.number(),
    pending: z.number(),
    skipped: z.number().default(0),
    deferred: z.number().default(0),
    total: z.number(),
  }),
  links: z.looseObject({ console: z.string(), temporal: z.string() }),
});
export type PlanLineView = z.infer<typeof PlanLineView>;

export const PlanView = PlanLineView.extend({
  riskReasons: z.array(z.string()),
  approvals: z.array(
    z.looseObject({ by: z.string(), at: z.string(), decision: z.string(), via: z.string(), comment: z.string() }),
  ),
  refusedDecisions: z.array(
    z.looseObject({
      by: z.string().nullable(),
      at: z.string(),
      decision: z.string(),
      code: z.string(),
      message: z.string(),
    }),
  ),
  rollout: z.record(z.string(), z.unknown()),
  preChecks: z.array(
    z.looseObject({ check: z.string(), result: z.string(), message: z.string(), devices: z.array(z.string()) }),
  ),
  rollbackUntil: z.string().nullable().optional(),
  approvalValidUntil: z.string().nullable().optional(),
  replaces: z.string().nullable(),
  replacedBy: z.string().nullable(),
  groups: z.array(z.looseObject({ names: z.array(z.string()), changes: z.array(ChangeView) })),
  devices: z.array(PlanDeviceView),
});
export type PlanView = z.infer<typeof PlanView>;

/** What is new of a plan: of its devices those that changed, without their diffs. */
export const PlanProgressView = PlanView.omit({ groups: true, preChecks: true }).extend({
  devices: z.array(PlanDeviceView.omit({ changes: true })),
});
export type PlanProgressView = z.infer<typeof PlanProgressView>;

/** A plan that was made anew. */
export const ReplannedView = PlanView.extend({ leftOut: z.array(z.string()) });
export type ReplannedView = z.infer<typeof ReplannedView>;

export const PlanPage = z.looseObject({
  plans: z.array(PlanLineView),
  total: z.number(),
  nextCursor: z.string().optional(),
});
export const StopView = z.looseObject({
  stopId: z.string(),
  scope: z.string(),
  environment: z.string().nullable(),
  deviceId: z.string().nullable(),
  deviceName: z.string().nullable(),
  reason: z.string(),
  placedByName: z.string(),
  placedAt: z.string(),
  liftedAt: z.string().nullable(),
});
export type StopView = z.infer<typeof StopView>;
export const PlacedStop = StopView.extend({ runningPlans: z.array(z.string()) });
export const StopPage = z.looseObject({ stops: z.array(StopView), nextCursor: z.string().optional() });

export const SentSignal = z.looseObject({ planId: z.string(), signal: z.string(), by: z.string() });

export const RevocationRef = z.looseObject({ kind: z.enum(['user', 'token']), subject: z.string() });
export type RevocationRef = z.infer<typeof RevocationRef>;
export const RevocationView = RevocationRef.extend({
  comment: z.string(),
  revokedBy: z.string(),
  revokedAt: z.string(),
});
export type RevocationView = z.infer<typeof RevocationView>;
export const RevocationPage = z.looseObject({ revocations: z.array(RevocationView) });

export const ExplainedAccess = z.looseObject({
  user: z.string(),
  action: z.string(),
  verdict: z.string(),
  code: z.string().nullable(),
  grants: z.array(z.looseObject({ rule: z.string(), roles: z.array(z.string()), devices: z.array(z.unknown()) })),
  steps: z.array(
    z.looseObject({
      step: z.string(),
      outcome: z.string(),
      code: z.string().optional(),
      message: z.string().optional(),
      rules: z.array(z.string()).optional(),
    }),
  ),
});
export type ExplainedAccess = z.infer<typeof ExplainedAccess>;

export const DeliveryView = z.looseObject({
  eventId: z.string(),
  endpoint: z.string(),
  type: z.string(),
  planId: z.string().nullable(),
  state: z.string(),
  attempts: z.number(),
  lastError: z.string().nullable(),
  changedAt: z.string(),
});
export type DeliveryView = z.infer<typeof DeliveryView>;
export const DeliveryPage = z.looseObject({ deliveries: z.array(DeliveryView), nextCursor: z.string().optional() });
