import type { EmergencyStop } from '../../shared/domain/emergency-stop.ts';
import { openDatabase, type Database } from '../../shared/platform/persistence/database.ts';
import { plainText } from '../client/plain-text.ts';

/** What holds back writing now, and whether the newest part of the audit is whole. */
export interface TrustState {
  stops: EmergencyStop[];
  /** Null before the first anchor. `intact`: entries from the anchor on are as they were appended; null when there was no time. */
  audit: { anchoredAt: string; anchorSeq: number; entries: number; intact: boolean | null } | null;
}

/** Entries since the newest anchor, about a day's, are read for so long at most. */
const LOOK_MS = 2_000;

/** Reads it from the stack's database; null when that does not answer. */
export async function readTrustState(postgresUrl: string): Promise<TrustState | null> {
  const database = await openDatabase({ url: postgresUrl, poolMax: 2 }).catch(() => null);
  if (database === null) return null;
  try {
    const [stops, audit] = await Promise.all([database.stops.active(), newestPart(database)]);
    return { stops, audit };
  } catch {
    return null;
  } finally {
    await database.close();
  }
}

async function newestPart({ audit }: Pick<Database, 'audit'>): Promise<TrustState['audit']> {
  const anchor = await audit.lastAnchor();
  if (anchor === null) return null;
  const { ok, entries, isComplete } = await audit.verify({ fromSeq: anchor.seq, deadlineMs: Date.now() + LOOK_MS });
  return { anchoredAt: anchor.at, anchorSeq: anchor.seq, entries, intact: ok && !isComplete ? null : ok };
}

/** As lines for people. */
export function trustLines(state: TrustState | null): string[] {
  if (state === null) return ['Emergency stops and audit: not known, the database does not answer'];
  const { stops, audit } = state;
  const lines = stops.map(
    (stop) =>
      `Emergency stop ${stop.stopId} over ${scopeOf(stop)} since ${stop.placedAt}, by ${plainText(stop.placedByName)}: ${plainText(stop.reason)}`,
  );
  return [...(lines.length === 0 ? ['Emergency stops: none'] : lines), auditLine(audit)];
}

function scopeOf({ scope, deviceName }: EmergencyStop): string {
  if (scope.on === 'all') return 'the whole fleet';
  return scope.on === 'environment' ? scope.environment : plainText(deviceName ?? scope.deviceId);
}

function auditLine(audit: TrustState['audit']): string {
  if (audit === null) return 'Audit: not anchored yet';
  const { anchoredAt, anchorSeq, entries, intact } = audit;
  const found = { true: 'is intact', false: 'IS BROKEN', null: 'could not be read in time' }[`${intact}`];
  const rest = 'convoy audit verify looks at all of it';
  return `Audit: anchored at entry ${anchorSeq}, ${anchoredAt}; what follows (${entries} entries read) ${found}; ${rest}`;
}
