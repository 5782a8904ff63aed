import type { HealthBaseline } from '../../shared/contract/device-messages.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { toSeconds } from '../../shared/routeros/durations.ts';

export const HEALTH_MENU = '/system/resource';

/** CPU load above which a device counts as struggling, unless it was so before. */
const MAX_CPU_LOAD_PERCENT = 95;
/** Free memory below which a device counts as struggling, unless it was so before: 2 MiB. */
const MIN_FREE_MEMORY_BYTES = 2 * 1024 * 1024;

/** What the device's health is now. */
export async function readHealth(router: Router): Promise<HealthBaseline> {
  const resource = await router.get(HEALTH_MENU);
  const { uptime, 'cpu-load': cpuLoad, 'free-memory': freeMemory } = resource;
  const uptimeSeconds = toSeconds(uptime);
  if (uptimeSeconds === null || cpuLoad === undefined || freeMemory === undefined) {
    throw new AppError('DEVICE_REPLY_INVALID', { message: `${HEALTH_MENU} lacks uptime, cpu-load or free-memory.` });
  }
  return { uptimeSeconds, cpuLoadPercent: Number(cpuLoad), freeMemoryBytes: Number(freeMemory) };
}

/** Fails with HEALTH_CHECK_FAILED when the device rebooted or got into trouble since the baseline. */
export function compareHealth(now: HealthBaseline, baseline: HealthBaseline): void {
  const problems: string[] = [];
  if (now.uptimeSeconds < baseline.uptimeSeconds) problems.push('it rebooted');
  if (now.cpuLoadPercent > MAX_CPU_LOAD_PERCENT && baseline.cpuLoadPercent <= MAX_CPU_LOAD_PERCENT) {
    problems.push(`its CPU load rose to ${now.cpuLoadPercent} %`);
  }
  if (now.freeMemoryBytes < MIN_FREE_MEMORY_BYTES && baseline.freeMemoryBytes >= MIN_FREE_MEMORY_BYTES) {
    problems.push(`its free memory fell to ${now.freeMemoryBytes} bytes`);
  }
  if (problems.length === 0) return;
  throw new AppError('HEALTH_CHECK_FAILED', {
    message: `The device is not healthy after the change: ${problems.join(', ')}.`,
    details: { now, baseline },
  });
}
