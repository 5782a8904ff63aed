import { raw } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../../../errors/app-error.ts';
import { PlanDeviceEntity } from '../entities/plan-device-entity.ts';
import { PlanEntity } from '../entities/plan-entity.ts';

/** Sets columns of a plan's row and raises its revision; fails with PLAN_NOT_FOUND. */
export async function touchPlan(em: EntityManager, planId: string, columns: Partial<PlanEntity>): Promise<void> {
  const touched = await em.nativeUpdate(PlanEntity, { planId }, { ...columns, revision: raw('revision + 1') });
  if (touched === 0) throw new AppError('PLAN_NOT_FOUND');
}

/** Sets columns of the row of a device in a plan; fails with PLAN_NOT_FOUND. */
export async function updateDevice(
  em: EntityManager,
  planId: string,
  deviceId: string,
  columns: Partial<PlanDeviceEntity>,
): Promise<void> {
  const updated = await em.nativeUpdate(PlanDeviceEntity, { planId, deviceId }, columns);
  if (updated === 0) throw new AppError('PLAN_NOT_FOUND', { message: `The plan ${planId} has no device ${deviceId}.` });
}
