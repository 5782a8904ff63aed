import { z } from 'zod';
import type { StoredPlan, StoredPlanDevice, StoredPlanSummary } from './plan-store.ts';
import { Change } from '../../../domain/change.ts';
import { APPROVALS_NEEDED, RolloutOptions, type PlanDeviceStatus, type Risk } from '../../../domain/plan.ts';
import type { PlanDeviceEntity } from '../entities/plan-device-entity.ts';
import type { PlanEntity } from '../entities/plan-entity.ts';
import { progressOf } from '../plan-progress.ts';
import { toIsoTime } from '../stored-time.ts';

type PlanDeviceRow = Pick<PlanDeviceEntity, 'deviceId' | 'name' | 'status' | 'wave' | 'changes' | 'error'>;

/** What is not known to be harmless counts as dangerous. */
const RISK_UNTIL_PREPARED: Risk = 'high';

export function toStoredPlan(row: PlanEntity, devices: readonly PlanDeviceRow[]): StoredPlan {
  return { ...toPlanFacts(row), input: row.input, devices: devices.map(toStoredPlanDevice) };
}

export function toPlanSummary(
  row: PlanEntity,
  deviceIds: string[],
  deviceStatuses: readonly PlanDeviceStatus[],
): StoredPlanSummary {
  return { ...toPlanFacts(row), deviceIds, progress: progressOf(deviceStatuses) };
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
    refusedDecisions: row.refusedDecisions,
    rollout: RolloutOptions.parse(row.rollout),
    revision: row.revision,
  };
}

function toStoredPlanDevice({ deviceId, name, status, wave, changes, error }: PlanDeviceRow): StoredPlanDevice {
  return {
    deviceId,
    name,
    status,
    changes: z.array(Change).parse(changes ?? []),
    wave,
    ...(error === null ? {} : { error }),
  };
}
