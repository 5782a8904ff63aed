import { sameValue } from './canonical.ts';
import { commandOf, type HistoryVerb } from './history-command.ts';
import { toIsoTime, type RouterClock } from './local-time.ts';
import type { RouterRecord } from './router.ts';

/** One change in a router's own history (`/system/history`), which holds the newest hundred. All texts are data. */
export interface HistoryEntry {
  /** The login; empty for what the router did by itself. */
  by: string;
  /** By the router's clock, ISO 8601; null when the text is no time. */
  at: string | null;
  /** `filter rule changed` */
  action: string;
  /** `/ip/firewall/filter`; null when the entry does not show its command. */
  menu: string | null;
  verb: HistoryVerb | null;
  /** Fields as the change made them, and as they were before; as far as the entry shows them. */
  made: Readonly<Record<string, string>>;
  was: Readonly<Record<string, string>>;
}

/** A change of one object, of which the author is looked for. */
export interface SoughtChange {
  menu: string;
  kind: 'added' | 'removed' | 'changed' | 'moved';
  before: Readonly<Record<string, string>> | null;
  after: Readonly<Record<string, string>> | null;
}

/** Reads the records of `/system/history`, the newest first; changes that were taken back are left out. */
export function readHistory(records: readonly RouterRecord[], clock: RouterClock): HistoryEntry[] {
  return records
    .filter((record) => record['redoable'] !== 'true')
    .map((record) => {
      const redo = commandOf(record['redo']);
      const undo = commandOf(record['undo']);
      return {
        by: record['by'] ?? '',
        at: toIsoTime(record['time'], clock),
        action: record['action'] ?? '',
        menu: redo?.menu ?? undo?.menu ?? null,
        verb: redo?.verb ?? null,
        made: redo?.values ?? {},
        was: undo?.values ?? {},
      };
    });
}

/**
 * Who made a change, by the newest entry that shows its very values, or else the newest in the menu, which may be about
 * another object. Null when the history says nothing: it is short, and empty after a restart.
 */
export function authorOf(
  entries: readonly HistoryEntry[],
  sought: SoughtChange,
): { entry: HistoryEntry; match: 'object' | 'menu' } | null {
  const named = entries.filter(({ by, menu }) => by !== '' && menu !== null && isSameMenu(menu, sought.menu));
  const exact = named.find((entry) => isAbout(entry, sought));
  if (exact !== undefined) return { entry: exact, match: 'object' };
  const [newest] = named;
  return newest === undefined ? null : { entry: newest, match: 'menu' };
}

function isAbout({ verb, made, was }: HistoryEntry, { kind, before, after }: SoughtChange): boolean {
  if (kind === 'added') return verb === 'add' && agrees(made, after ?? {});
  if (kind === 'removed') return verb === 'remove' && agrees(was, before ?? {});
  if (kind === 'moved' || verb !== 'set') return false;
  // The entry names its row by an id that the export does not know: the values tell which one it is.
  const fields = Object.keys({ ...before, ...after }).filter(
    (field) => !sameValue(field, before?.[field], after?.[field]) && (field in made || field in was),
  );
  return fields.length > 0 && fields.every((field) => sameValue(field, made[field], after?.[field]));
}

/** Whether the entry shows some fields of the object, and none of them otherwise. */
function agrees(shown: Readonly<Record<string, string>>, values: Readonly<Record<string, string>>): boolean {
  const shared = Object.keys(values).filter((field) => field in shown);
  return shared.length > 0 && shared.every((field) => sameValue(field, shown[field], values[field]));
}

/** The history may name the menu of all interfaces where the export names that of one kind. */
function isSameMenu(ofEntry: string, sought: string): boolean {
  return ofEntry === sought || (ofEntry === '/interface' && /^\/interface\/[a-z0-9-]+$/.test(sought));
}
