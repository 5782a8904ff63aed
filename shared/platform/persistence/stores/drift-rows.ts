import type { EntityManager } from '@mikro-orm/postgresql';
import type { Drift, DriftAcknowledgement, DriftAuthor, DriftValues } from '../../../domain/drift.ts';
import { toIsoTime } from '../stored-time.ts';

/** Rows of drift as data; `rest` is what follows the table's name in the query. */
export async function selectDrift(em: EntityManager, rest: string, values: readonly unknown[]): Promise<Drift[]> {
  const found = await em.execute<DriftRow[]>(`select * from drift ${rest}`, [...values]);
  return found.map(toDrift);
}

interface DriftRow {
  drift_id: string;
  device_id: string;
  menu: string;
  object_key: string;
  kind: Drift['kind'];
  before: DriftValues;
  after: DriftValues;
  found_at: string | Date;
  seen_at: string | Date;
  author: DriftAuthor | null;
  acknowledgement: DriftAcknowledgement | null;
  gone_at: string | Date | null;
  gone_because: Drift['goneBecause'];
}

function toDrift(row: DriftRow): Drift {
  return {
    driftId: row.drift_id,
    deviceId: row.device_id,
    menu: row.menu,
    objectKey: row.object_key,
    kind: row.kind,
    before: row.before,
    after: row.after,
    foundAt: toIsoTime(row.found_at),
    seenAt: toIsoTime(row.seen_at),
    author: row.author,
    acknowledgement: row.acknowledgement,
    goneAt: row.gone_at === null ? null : toIsoTime(row.gone_at),
    goneBecause: row.gone_because,
  };
}
