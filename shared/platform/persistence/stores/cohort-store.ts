import { COHORT_WEIGHTS, COHORTS } from '../../../domain/cohort.ts';
import type { Units } from '../units.ts';

/** The devices of a cohort as they are registered now, for work that visits the whole fleet. */
export interface CohortStore {
  /** A page of ids, in their order; decommissioned devices are left out. */
  deviceIds(request: CohortPage): Promise<string[]>;
}

export interface CohortPage {
  cohort: number;
  /** The last id of the page before; null for the first page. */
  after: string | null;
  limit: number;
}

/** As `cohortOf` computes it. */
const COHORT_OF_DEVICE = `(${COHORT_WEIGHTS.map(
  (weight, index) => `${weight} * ascii(substr(reverse(device_id), ${index + 1}, 1))`,
).join(' + ')}) % ${COHORTS}`;

export function createCohortStore(units: Units): CohortStore {
  return {
    deviceIds: ({ cohort, after, limit }) =>
      units.run(async (em) => {
        const rows = await em.execute<{ device_id: string }[]>(
          `select device_id from device
           where ${COHORT_OF_DEVICE} = ? and device_id > ? and status <> 'decommissioned'
           order by device_id limit ?`,
          [cohort, after ?? '', limit],
        );
        return rows.map(({ device_id: deviceId }) => deviceId);
      }),
  };
}
