import type { JournalEntry } from '../../../simulator/router/journal.ts';
import { changedFields } from './attribute-writes.ts';

/** One write in a line. */
export function sayEntry(entry: JournalEntry): string {
  const { seq, time, transport, path, command, id, before, after } = entry;
  const fields = before && after ? changedFields(entry) : [];
  const shown =
    fields.length > 0
      ? fields.map((field) => `${field}: ${before?.[field] ?? '-'} → ${after?.[field] ?? '-'}`).join(', ')
      : JSON.stringify(after ?? before);
  return `#${seq} ${time.slice(11, 23)} ${transport} ${path} ${command} ${id ?? ''} ${shown}`;
}
