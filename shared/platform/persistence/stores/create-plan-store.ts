import { ForeignKeyConstraintViolationException } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { toPlanSummary, toStoredPlan } from './plan-rows.ts';
import { touchPlan, updateDevice } from './plan-updates.ts';
import { savePrepared, storedChecks } from './save-prepared.ts';
import { StepIndices, writtenWith } from './written-steps.ts';
import type { NewPlan, PlanListRequest, PlanStore, StoredPlanSummary } from './plan-store.ts';
import { storedPlanDevices } from './stored-plan-devices.ts';
import { insertEvent } from './webhook-store.ts';
import type { PlanPatch } from '../../../contract/fleet-activities.ts';
import type { DeviceProgress } from '../../../contract/plan-messages.ts';
import { Step } from '../../../domain/change.ts';
import type { PlanDeviceStatus } from '../../../domain/plan.ts';
import { AppError, type ErrorBody } from '../../../errors/app-error.ts';
import { isDuplicate } from '../database-error.ts';
import { all } from '../device-filter.ts';
import { PlanDeviceEntity } from '../entities/plan-device-entity.ts';
import { PlanEntity } from '../entities/plan-entity.ts';
import { storedText } from '../stored-text.ts';
import { planCondition } from '../plan-filter.ts';
import type { Units } from '../units.ts';
import { currentMs } from '../../process/platform-clock.ts';

/** The plans in PostgreSQL. */
export function createPlanStore(units: Units): PlanStore {
  return {
    create: (plan) => units.transact((em) => insertPlan(em, plan)),
    get: (planId) =>
      units.run(async (em) => {
        const row = await em.findOne(PlanEntity, { planId });
        return row === null ? null : toStoredPlan(row, await storedPlanDevices(em, planId));
      }),
    revision: (planId) =>
      units.run(async (em) => {
        const [row] = await em.execute<{ revision: string }[]>('select revision from plan where plan_id = ?', [planId]);
        return row === undefined ? null : Number(row.revision);
      }),
    wish: (planId) =>
      units.run(async (em) => {
        const row = await em.findOne(PlanEntity, { planId });
        if (row === null) return null;
        const { kind, input, environment, comment, approvals, status } = row;
        const deviceCount = await em.count(PlanDeviceEntity, { planId });
        return { planId, kind, input, environment, comment, approvals, status, deviceCount };
      }),
    list: (request) => units.run((em) => listPlans(em, request)),
    count: (filter) =>
      units.run((em) => {
        const { sql, values } = planCondition(filter);
        return em.qb(PlanEntity).where(sql, values).getCount();
      }),
    saveCapture: (planId, deviceId, captured) =>
      units.transact((em) => saveCapture(em, planId, deviceId, { captured, error: null })),
    saveCaptureFailure: (planId, deviceId, error) =>
      units.transact((em) => saveCapture(em, planId, deviceId, { captured: null, error })),
    captures: (planId) =>
      units.run(async (em) => {
        const fields = ['deviceId', 'name', 'captured', 'error'] as const;
        const rows = await em.find(PlanDeviceEntity, { planId }, { fields, orderBy: { position: 'asc' } });
        return rows.map(({ deviceId, name, captured, error }) => ({
          deviceId,
          name,
          captured: captured ?? null,
          error: error ?? null,
        }));
      }),
    savePrepared: (planId, prepared) => units.transact((em) => savePrepared(em, planId, prepared)),
    savePreChecks: (planId, preChecks) =>
      units.run((em) => touchPlan(em, planId, { preChecks: storedChecks(preChecks) })),
    digestSource: (planId) =>
      units.run(async (em) => {
        const plan = await em.findOne(PlanEntity, { planId }, { fields: ['kind', 'input'] });
        if (plan === null) throw new AppError('PLAN_NOT_FOUND');
        const rows = await em.find(PlanDeviceEntity, { planId }, { fields: ['deviceId', 'captured', 'steps'] });
        const devices = rows.map(({ deviceId, captured, steps }) => ({
          deviceId,
          captured: captured ?? null,
          steps: z.array(Step).parse(steps ?? []),
        }));
        // By code unit: the order is part of the digest and must not follow the database's collation.
        devices.sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
        return { kind: plan.kind, input: plan.input, devices };
      }),
    steps: (planId, deviceId) =>
      units.run(async (em) => {
        const fields = ['steps', 'writtenSteps'] as const;
        const row = await em.findOne(PlanDeviceEntity, { planId, deviceId }, { fields });
        if (!row?.steps) return null;
        return { steps: z.array(Step).parse(row.steps), written: StepIndices.nullable().parse(row.writtenSteps) };
      }),
    worked: (planId, deviceIds) =>
      units.run(async (em) => {
        const where = { planId, deviceId: { $in: [...deviceIds] }, steps: { $ne: null } };
        const rows = await em.find(PlanDeviceEntity, where, { fields: ['deviceId', 'captured', 'steps'] });
        return rows.map(({ deviceId, captured, steps }) => ({
          deviceId,
          captured: captured ?? null,
          steps: z.array(Step).parse(steps ?? []),
        }));
      }),
    patch: (patch, event) =>
      units.transact(async (em) => {
        const { planId, status, statusReason, approvals, refusedDecisions, releases = false } = patch;
        // What a plan holds follows from its status, from the moment it changes.
        await em.execute(
          'update plan set claimed_at = null, waits_since = null where plan_id = ? and (status <> ? or ?)',
          [planId, status, releases],
        );
        await touchPlan(em, planId, {
          status,
          ...(statusReason === undefined ? {} : { statusReason: storedText(statusReason) }),
          ...(approvals === undefined ? {} : { approvals }),
          ...timesOf(patch),
          ...(refusedDecisions === undefined ? {} : { refusedDecisions }),
        });
        if (event !== undefined) await insertEvent(em, event);
      }),
    recordDevices: (progress) => units.transact((em) => recordDevices(em, progress)),
    saveEstimate: (planId, estimatedEndAt) =>
      units.run(async (em) => {
        const at = estimatedEndAt === null ? null : new Date(estimatedEndAt);
        await em.nativeUpdate(PlanEntity, { planId }, { estimatedEndAt: at });
      }),
    devicesIn: (planId, statuses) =>
      units.run(async (em) => {
        const where = { planId, status: { $in: [...statuses] } };
        const fields = ['deviceId', 'name', 'wave', 'status'] as const;
        const rows = await em.find(PlanDeviceEntity, where, { fields, orderBy: { position: 'asc' } });
        return rows.map(({ deviceId, name, wave, status }) => ({ deviceId, name, wave, status }));
      }),
  };
}

/** Of those that the patch gives. */
function timesOf(patch: PlanPatch): Partial<Record<'rollbackUntil' | 'approvalValidUntil', Date | null>> {
  const given = (['rollbackUntil', 'approvalValidUntil'] as const).flatMap((field) => {
    const time = patch[field];
    return time === undefined ? [] : [[field, time === null ? null : new Date(time)] as const];
  });
  return Object.fromEntries(given);
}

async function insertPlan(em: EntityManager, { devices, ...plan }: NewPlan): Promise<void> {
  try {
    await em.insert(PlanEntity, {
      ...plan,
      requestedByName: storedText(plan.requestedByName),
      comment: storedText(plan.comment),
      expiresAt: new Date(plan.expiresAt),
      createdAt: new Date(currentMs()),
      status: 'preparing',
      statusReason: null,
      digest: null,
      risk: null,
      riskReasons: null,
      approvalsNeeded: null,
      approvalCommentRequired: null,
      approvalValidHours: null,
      preChecks: null,
      replaces: plan.replaces ?? null,
      replacedBy: null,
      claimedAt: null,
      waitsSince: null,
      approvals: [],
      refusedDecisions: [],
      estimatedEndAt: null,
      rollbackUntil: null,
      approvalValidUntil: null,
      revision: 1,
    });
    const rows = devices.map(({ deviceId, name }, position) => ({
      planId: plan.planId,
      deviceId,
      position,
      name,
      status: 'pending' as const,
      wave: 0,
      captured: null,
      steps: null,
      changes: null,
      error: null,
      snapshotId: null,
      writtenSteps: null,
      settledAt: null,
    }));
    if (rows.length > 0) await em.insertMany(PlanDeviceEntity, rows);
    await refuseDecommissioned(em, devices);
    if (plan.replaces !== undefined) await touchPlan(em, plan.replaces, { replacedBy: plan.planId });
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('CONFLICT', { message: `The plan ${plan.planId} is already there.` });
    if (error instanceof ForeignKeyConstraintViolationException) throw new AppError('DEVICE_NOT_FOUND');
    throw error;
  }
}

/** After the rows are there: from then on a device of the plan cannot be decommissioned, and one that was is seen. */
async function refuseDecommissioned(em: EntityManager, devices: NewPlan['devices']): Promise<void> {
  if (devices.length === 0) return;
  const gone = await em.execute<{ name: string }[]>(
    `select name from device where device_id in (?) and status = 'decommissioned' limit 10`,
    [devices.map(({ deviceId }) => deviceId)],
  );
  if (gone.length === 0) return;
  throw new AppError('DEVICE_DECOMMISSIONED', {
    message: `Decommissioned meanwhile: ${gone.map(({ name }) => name).join(', ')}.`,
  });
}

async function listPlans(em: EntityManager, request: PlanListRequest): Promise<StoredPlanSummary[]> {
  const { limit, before } = request;
  const { sql, values } = all([
    planCondition(request),
    before === undefined ? null : { sql: 'plan_id < ?', values: [before] },
  ]);
  const plans = await em.qb(PlanEntity).where(sql, values).orderBy({ planId: 'desc' }).limit(limit).getResult();
  if (plans.length === 0) return [];
  const rows = await em.execute<
    { plan_id: string; device_ids: string[]; statuses: PlanDeviceStatus[]; with_error: boolean[] }[]
  >(
    `select plan_id, array_agg(device_id order by position) as device_ids, array_agg(status order by position) as statuses,
       array_agg(error is not null order by position) as with_error
     from plan_device where plan_id in (?) group by plan_id`,
    [plans.map(({ planId }) => planId)],
  );
  const byPlan = new Map(rows.map((row) => [row.plan_id, row]));
  return plans.map((plan) => {
    const { device_ids: deviceIds = [], statuses = [], with_error: withError = [] } = byPlan.get(plan.planId) ?? {};
    const counted = statuses.map((status, index) => ({ status, error: withError[index] || undefined }));
    return toPlanSummary(plan, deviceIds, counted);
  });
}

async function saveCapture(
  em: EntityManager,
  planId: string,
  deviceId: string,
  columns: { captured: unknown; error: ErrorBody | null },
): Promise<void> {
  // Shared, so that the captures of many devices do not wait for one another, only for `savePrepared`.
  const [plan] = await em.execute<{ status: string }[]>('select status from plan where plan_id = ? for share', [
    planId,
  ]);
  if (plan === undefined) throw new AppError('PLAN_NOT_FOUND');
  if (plan.status !== 'preparing') throw new AppError('PLAN_STATE_CONFLICT', { details: { status: plan.status } });
  await updateDevice(em, planId, deviceId, columns);
}

async function recordDevices(em: EntityManager, progress: readonly DeviceProgress[]): Promise<void> {
  const planIds = [...new Set(progress.map(({ planId }) => planId))].sort();
  // Plans first and in order: two calls about the same rows then wait for each other instead of deadlocking.
  for (const planId of planIds) await touchPlan(em, planId, {});
  for (const { planId, deviceId, status, wave, error, writes } of progress) {
    await updateDevice(em, planId, deviceId, {
      status,
      ...(status === 'applying' ? { writtenSteps: await writtenWith(em, planId, deviceId, writes) } : {}),
      ...(wave === undefined ? {} : { wave }),
      ...(error === undefined ? {} : { error }),
      ...(ENDS_WORK.has(status) ? { settledAt: new Date(currentMs()) } : {}),
    });
  }
}

/** Statuses with which the plan's work on a device ends, for now. */
const ENDS_WORK: ReadonlySet<PlanDeviceStatus> = new Set([
  'applied',
  'failed',
  'unknown',
  'rolled_back',
  'rollback_failed',
]);
