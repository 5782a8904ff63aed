import { z } from 'zod';

const ULID = '[0-9A-HJKMNP-TV-Z]{26}';

/** `pln_` + ULID. */
export const PlanId = z.string().regex(new RegExp(`^pln_${ULID}$`), 'a plan id is "pln_" and 26 characters');
/** `snp_` + ULID. */
export const SnapshotId = z.string().regex(new RegExp(`^snp_${ULID}$`), 'a snapshot id is "snp_" and 26 characters');
/** `dev_` + ULID. */
export const DeviceId = z.string().regex(new RegExp(`^dev_${ULID}$`), 'a device id is "dev_" and 26 characters');
/** `stp_` + ULID. */
export const StopId = z.string().regex(new RegExp(`^stp_${ULID}$`), 'the id of a stop is "stp_" and 26 characters');
