/** Parts into which a fleet is split, so that background work on it is many short runs instead of one long one. */
export const COHORTS = 20;

/** The numbers of all cohorts. */
export const COHORT_NUMBERS: readonly number[] = Array.from({ length: COHORTS }, (_, cohort) => cohort);

/**
 * Weights of an id's last characters, the last one first. They have no divisor in common with `COHORTS`, so that each of
 * these characters, which are random in an id, spreads devices over all cohorts.
 */
export const COHORT_WEIGHTS = [1, 3, 7, 9] as const;

/** The cohort of a device, from 0 to `COHORTS - 1`, for as long as the device is registered. */
export function cohortOf(deviceId: string): number {
  const sum = COHORT_WEIGHTS.reduce((total, weight, index) => total + weight * codeAt(deviceId, index), 0);
  return sum % COHORTS;
}

/** Of the character that is so many places from the end; 0 where there is none, as PostgreSQL's `ascii('')` has it. */
function codeAt(deviceId: string, fromEnd: number): number {
  return deviceId.codePointAt(deviceId.length - 1 - fromEnd) ?? 0;
}
