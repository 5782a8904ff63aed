/**
 * From which value on a measure is degraded, and from which critical, where nothing else is set. Memory and disk are shares
 * in use. A failed power supply is degraded: another one feeds the router, or it could not say so.
 */
export const HEALTH_LIMITS = {
  cpu_load: { degraded: 80, critical: 95 },
  memory: { degraded: 85, critical: 95 },
  disk: { degraded: 90, critical: 97 },
  temperature: { degraded: 70, critical: 85 },
  bad_blocks: { degraded: 2, critical: 5 },
  power_supply: { degraded: 1, critical: Infinity },
} as const;

/** From which value on a measure is degraded, and from which critical. */
export interface HealthLimit {
  degraded: number;
  critical: number;
}

/** What every sweep looks at: what its sensors say was collected before, and all else is in one answer of a router. */
export const SWEPT_MEASURES = [
  'cpuLoadPercent',
  'memoryUsedPercent',
  'diskUsedPercent',
  'badBlocksPercent',
  'temperatureCelsius',
  'failedSupplies',
] as const;
export type SweptMeasure = (typeof SWEPT_MEASURES)[number];

/** When a device's status changes. */
export interface HealthRules {
  limits: Readonly<Record<SweptMeasure, HealthLimit>>;
  /** A measure that was beyond a limit counts as beyond it until it is so many points below. */
  margin: number;
  /** Checks in a row that a device must not answer before it is unreachable. */
  unreachableAfter: number;
  /** Checks in a row that must find it worse than its status. */
  worseAfter: number;
  /** Checks in a row that must find it better than its status. */
  betterAfter: number;
}

export const HEALTH_RULES: HealthRules = {
  limits: {
    cpuLoadPercent: HEALTH_LIMITS.cpu_load,
    memoryUsedPercent: HEALTH_LIMITS.memory,
    diskUsedPercent: HEALTH_LIMITS.disk,
    badBlocksPercent: HEALTH_LIMITS.bad_blocks,
    temperatureCelsius: HEALTH_LIMITS.temperature,
    failedSupplies: HEALTH_LIMITS.power_supply,
  },
  margin: 5,
  unreachableAfter: 3,
  worseAfter: 2,
  betterAfter: 3,
};
