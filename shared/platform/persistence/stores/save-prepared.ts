import type { EntityManager } from '@mikro-orm/postgresql';
import type { PreparedPlanDevice, PreparedPlanRows } from './plan-store.ts';
import { touchPlan } from './plan-updates.ts';
import type { PreCheck } from '../../../domain/pre-check.ts';
import { AppError } from '../../../errors/app-error.ts';
import { storedText } from '../stored-text.ts';

/** See `savePrepared` of a plan store. */
export async function savePrepared(em: EntityManager, planId: string, prepared: PreparedPlanRows): Promise<void> {
  const [stored] = await em.execute<{ status: string; digest: string | null }[]>(
    'select status, digest from plan where plan_id = ? for no key update',
    [planId],
  );
  if (stored === undefined) throw new AppError('PLAN_NOT_FOUND');
  const isRepeated = stored.status === 'awaiting_approval' && stored.digest === prepared.digest;
  if (isRepeated) return;
  if (stored.status !== 'preparing') throw new AppError('PLAN_STATE_CONFLICT', { details: { status: stored.status } });
  const { digest, risk, riskReasons, approvalsNeeded, approvalCommentRequired = false, preChecks = [] } = prepared;
  const { approvalValidHours = null } = prepared;
  await touchPlan(em, planId, {
    status: 'awaiting_approval',
    digest,
    risk,
    riskReasons,
    approvalsNeeded,
    approvalCommentRequired,
    approvalValidHours,
    preChecks: storedChecks(preChecks),
  });
  for (let first = 0; first < prepared.devices.length; first += DEVICES_AT_ONCE) {
    await updatePrepared(em, planId, prepared.devices.slice(first, first + DEVICES_AT_ONCE));
  }
}

/** Devices written by one statement: few round trips, and texts the database takes. */
const DEVICES_AT_ONCE = 50;

/** As text, so that `json` keeps what routers supplied exactly as it is. */
async function updatePrepared(
  em: EntityManager,
  planId: string,
  devices: readonly PreparedPlanDevice[],
): Promise<void> {
  const rows = devices.map(() => '(?, ?, ?, ?)').join(', ');
  const values = devices.flatMap(({ deviceId, status, steps, changes }) => [
    deviceId,
    status,
    JSON.stringify(steps),
    JSON.stringify(changes),
  ]);
  const updated = await em.execute<unknown[]>(
    `update plan_device set status = given.status, steps = given.steps::json, changes = given.changes::json
     from (values ${rows}) as given (device_id, status, steps, changes)
     where plan_device.plan_id = ? and plan_device.device_id = given.device_id returning plan_device.device_id`,
    [...values, planId],
  );
  if (updated.length !== devices.length) throw new AppError('PLAN_NOT_FOUND', { details: { planId } });
}

/** As they can be kept: names of devices are ours, messages may quote a router. */
export function storedChecks(preChecks: readonly PreCheck[]): PreCheck[] {
  return preChecks.map((check) => ({ ...check, message: storedText(check.message) }));
}
