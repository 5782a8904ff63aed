import { z } from 'zod';
import type { StoredPlan, StoredPlanDevice, StoredPlanSummary } from './plan-store.ts';
import { APPROVALS_NEEDED, RolloutOptions, type Risk } from '../../../domain/plan.ts';
import { PreCheck } from '../../../domain/pre-check.ts';
import type { PlanEntity } from '../entities/plan-entity.ts';
import { progressOf, type CountedDevice } from '../plan-progress.ts';
import { toIsoTime } from '../stored-time.ts';

/** What is not known to be harmless counts as dangerous. */
const RISK_UNTIL_PREPARED: Risk = 'high';

export function toStoredPlan(row: PlanEntity, devices: StoredPlanDevice[]): StoredPlan {
  return { ...toPlanFacts(row), input: row.input, devices };
}

export function toPlanSummary(
  row: PlanEntity,
  deviceIds: string[],
  devices: readonly CountedDevice[],
): StoredPlanSummary {
  return { ...toPlanFacts(row), deviceIds, progress: progressOf(devices) };
}

function toPlanFacts(row: PlanEntity): Omit<StoredPlan, 'devices' | 'input'> {
  const risk = row.risk ?? RISK_UNTIL_PREPARED;
  return {
    planId: row.planId,
    kind: row.kind,
    status: row.status,
    statusReason: row.statusReason,
    environment: row.environment,
    risk,
    riskReasons: row.riskReasons ?? [],
    digest: row.digest ?? '',
    requestedBy: row.requestedBy,
    requestedByName: row.requestedByName,
    comment: row.comment,
    createdAt: toIsoTime(row.createdAt),
    expiresAt: toIsoTime(row.expiresAt),
    approvals: row.approvals,
    approvalsNeeded: row.approvalsNeeded ?? APPROVALS_NEEDED[risk],
    approvalCommentRequired: row.approvalCommentRequired ?? false,
    approvalValidHours: row.approvalValidHours === null ? null : Number(row.approvalValidHours),
    approvalValidUntil: row.approvalValidUntil === null ? null : toIsoTime(row.approvalValidUntil),
    refusedDecisions: row.refusedDecisions,
    rollout: RolloutOptions.parse(row.rollout),
    rollbackUntil: row.rollbackUntil === null ? null : toIsoTime(row.rollbackUntil),
    preChecks: z.array(PreCheck).parse(row.preChecks ?? []),
    replaces: row.replaces,
    replacedBy: row.replacedBy,
    // What a rollout expected that does not run any more is of no use to anybody.
    estimatedEndAt: row.estimatedEndAt === null || row.status !== 'rolling_out' ? null : toIsoTime(row.estimatedEndAt),
    revision: row.revision,
  };
}
