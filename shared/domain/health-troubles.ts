/** Taken before the first write; the health check afterwards is measured against it. */
export interface HealthBaseline {
  uptimeSeconds: number;
  cpuLoadPercent: number;
  freeMemoryBytes: number;
  /** When it was read, milliseconds since the epoch; earlier versions did not say. */
  readAtMs?: number;
}

/** CPU load above which a device counts as struggling, unless it was so before. */
const MAX_CPU_LOAD_PERCENT = 95;
/** Free memory below which a device counts as struggling, unless it was so before: 2 MiB. */
const MIN_FREE_MEMORY_BYTES = 2 * 1024 * 1024;
/** How much less than the time that passed a device may have been up for: its clock is not ours. */
const UPTIME_TOLERANCE_MS = 60_000;

/** What has become worse with a device since the baseline, in words. Pure. */
export function troublesSince(now: HealthBaseline, baseline: HealthBaseline): string[] {
  return [
    ...(hasRebooted(now, baseline) ? ['it rebooted'] : []),
    ...(isBusy(now) && !isBusy(baseline) ? [`its CPU load rose to ${now.cpuLoadPercent} %`] : []),
    ...(isFull(now) && !isFull(baseline) ? [`its free memory fell to ${now.freeMemoryBytes} bytes`] : []),
  ];
}

/** What is wrong with a device by itself, whatever it was before, in words. Pure. */
export function troublesNow(now: HealthBaseline): string[] {
  return [
    ...(isBusy(now) ? [`its CPU load is ${now.cpuLoadPercent} %`] : []),
    ...(isFull(now) ? [`its free memory is ${now.freeMemoryBytes} bytes`] : []),
  ];
}

const isBusy = ({ cpuLoadPercent }: HealthBaseline): boolean => cpuLoadPercent > MAX_CPU_LOAD_PERCENT;
const isFull = ({ freeMemoryBytes }: HealthBaseline): boolean => freeMemoryBytes < MIN_FREE_MEMORY_BYTES;

/** It may have been up for longer since than it had been before, so the time that passed counts too. */
function hasRebooted(now: HealthBaseline, baseline: HealthBaseline): boolean {
  if (now.uptimeSeconds < baseline.uptimeSeconds) return true;
  if (now.readAtMs === undefined || baseline.readAtMs === undefined) return false;
  const upMs = (now.uptimeSeconds - baseline.uptimeSeconds) * 1000;
  return upMs < now.readAtMs - baseline.readAtMs - UPTIME_TOLERANCE_MS;
}
