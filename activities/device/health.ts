import { troublesSince, type HealthBaseline } from '../../shared/domain/health-troubles.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { toSeconds } from '../../shared/routeros/durations.ts';

export const HEALTH_MENU = '/system/resource';

/** What the device's health is now. */
export async function readHealth(router: Router): Promise<HealthBaseline> {
  const resource = await router.get(HEALTH_MENU);
  const { uptime, 'cpu-load': cpuLoad, 'free-memory': freeMemory } = resource;
  const uptimeSeconds = toSeconds(uptime);
  if (uptimeSeconds === null || cpuLoad === undefined || freeMemory === undefined) {
    throw new AppError('DEVICE_REPLY_INVALID', { message: `${HEALTH_MENU} lacks uptime, cpu-load or free-memory.` });
  }
  return { uptimeSeconds, cpuLoadPercent: Number(cpuLoad), freeMemoryBytes: Number(freeMemory), readAtMs: currentMs() };
}

/** Fails with HEALTH_CHECK_FAILED when the device rebooted or got into trouble since the baseline. */
export function compareHealth(now: HealthBaseline, baseline: HealthBaseline): void {
  const problems = troublesSince(now, baseline);
  if (problems.length === 0) return;
  throw new AppError('HEALTH_CHECK_FAILED', {
    message: `The device is not healthy after the change: ${problems.join(', ')}.`,
    details: { now, baseline },
  });
}
