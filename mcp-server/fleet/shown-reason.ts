import { HealthReason } from '../../shared/domain/health-sample.ts';
import { Word } from '../../shared/operations/output-fields.ts';

/** Why a device is not healthy, as answers show it: sensors are named by routers. */
export const ShownReason = HealthReason.extend({ measure: Word, sensor: Word.nullable() });
