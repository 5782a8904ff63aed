import type { PlanDeviceStatus } from '../../shared/domain/plan.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { ControlSignal } from './control-rules.ts';

/** Statuses of devices that may be left out, or tried again. */
const STATUSES: Partial<Record<ControlSignal, readonly PlanDeviceStatus[]>> = {
  skip: ['pending'],
  retry: ['failed', 'unhealthy', 'unknown', 'rollback_failed', 'rolled_back'],
};
const SAID_AT_MOST = 10;

/**
 * The ids of devices that a control names by id or name. Fails with VALIDATION_ERROR on one that is not of the plan, and
 * with PLAN_STATE_CONFLICT on one for which it means nothing as it is.
 */
export function namedDevices(
  signal: ControlSignal,
  { devices }: Pick<StoredPlan, 'devices'>,
  named: readonly string[] | undefined,
): { deviceIds?: string[] } {
  if (named === undefined) return {};
  const byRef = new Map(
    devices.flatMap((device) => [[device.deviceId, device] as const, [device.name, device] as const]),
  );
  const unknown = named.filter((ref) => !byRef.has(ref));
  if (unknown.length > 0) {
    throw new AppError('VALIDATION_ERROR', {
      message: `deviceIds: ${listed(unknown)} ${unknown.length === 1 ? 'is no device' : 'are no devices'} of this plan.`,
      details: { unknown },
    });
  }
  const found = named.flatMap((ref) => byRef.get(ref) ?? []);
  const allowed = STATUSES[signal] ?? [];
  const others = found.filter(({ status }) => !allowed.includes(status));
  if (others.length > 0) {
    throw new AppError('PLAN_STATE_CONFLICT', {
      message: `${signal} needs devices that are ${allowed.join(', ')}; ${listed(others.map(({ name, status }) => `${name} is ${status}`))}.`,
      details: { allowed, devices: others.map(({ deviceId, status }) => ({ deviceId, status })) },
    });
  }
  return { deviceIds: [...new Set(found.map(({ deviceId }) => deviceId))] };
}

function listed(texts: readonly string[]): string {
  const more = texts.length - SAID_AT_MOST;
  return texts.slice(0, SAID_AT_MOST).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
