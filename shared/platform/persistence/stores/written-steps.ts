import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { PlanDeviceStatus } from '../../../domain/plan.ts';

/** Places of steps in a device's part of a plan, from 0. */
export const StepIndices = z.array(z.int().nonnegative());

/** Nothing of the plan is on such a device, so that what was written to it once is of no more use. */
const HOLDS_NOTHING: ReadonlySet<PlanDeviceStatus> = new Set(['pending', 'skipped', 'failed', 'rolled_back']);

/**
 * What of a plan was written to a device once `writes` is written too; null when it is not known. To be asked before the
 * device's status changes, with the plan's row locked.
 */
export async function writtenWith(
  em: EntityManager,
  planId: string,
  deviceId: string,
  writes: readonly number[] | undefined,
): Promise<number[] | null> {
  if (writes === undefined) return null;
  const [row] = await em.execute<{ status: PlanDeviceStatus; written_steps: unknown }[]>(
    'select status, written_steps from plan_device where plan_id = ? and device_id = ?',
    [planId, deviceId],
  );
  const isFirst = row === undefined || HOLDS_NOTHING.has(row.status);
  const before = isFirst ? [] : StepIndices.nullable().parse(row.written_steps);
  if (before === null) return null;
  return [...new Set([...before, ...writes])].sort((a, b) => a - b);
}
