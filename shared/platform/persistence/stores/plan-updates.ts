import { raw } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../../../errors/app-error.ts';
import { NEVER_BEGUN, type PlanDeviceStatus } from '../../../domain/plan.ts';
import { PlanDeviceEntity } from '../entities/plan-device-entity.ts';
import { PlanEntity } from '../entities/plan-entity.ts';

/** Sets columns of a plan's row and raises its revision; fails with PLAN_NOT_FOUND. */
export async function touchPlan(em: EntityManager, planId: string, columns: Partial<PlanEntity>): Promise<void> {
  const touched = await em.nativeUpdate(PlanEntity, { planId }, { ...columns, revision: raw('revision + 1') });
  if (touched === 0) throw new AppError('PLAN_NOT_FOUND');
}

/**
 * What a device is from which its change does not begin: one that is tried again is `pending` first. So an attempt whose
 * process stood still, and which was made again elsewhere meanwhile, does not reopen the row of a device that is done.
 */
const DONE: PlanDeviceStatus[] = ['applied', 'failed', 'skipped', 'rolled_back'];

/** In the transaction that has touched the plan, so that nobody begins what a rollback has just looked for. */
async function requireGoingOn(em: EntityManager, planId: string): Promise<void> {
  const over = await em.count(PlanEntity, { planId, status: { $in: [...NEVER_BEGUN] } });
  if (over > 0)
    throw new AppError('PLAN_STATE_CONFLICT', { message: `Nothing of the plan ${planId} is begun any more.` });
}

/** Sets columns of the row of a device in a plan; fails with PLAN_NOT_FOUND, and with PLAN_STATE_CONFLICT for a begin that comes late. */
export async function updateDevice(
  em: EntityManager,
  planId: string,
  deviceId: string,
  columns: Partial<PlanDeviceEntity>,
): Promise<void> {
  const begins = columns.status === 'applying';
  if (begins) await requireGoingOn(em, planId);
  const from = begins ? { status: { $nin: DONE } } : {};
  const updated = await em.nativeUpdate(PlanDeviceEntity, { planId, deviceId, ...from }, columns);
  if (updated > 0) return;
  if (begins && (await em.count(PlanDeviceEntity, { planId, deviceId })) > 0) {
    throw new AppError('PLAN_STATE_CONFLICT', { message: `The device ${deviceId} is done in the plan ${planId}.` });
  }
  throw new AppError('PLAN_NOT_FOUND', { message: `The plan ${planId} has no device ${deviceId}.` });
}
