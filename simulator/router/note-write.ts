import type { Caller } from '../engine/definition.ts';
import type { WriteReport } from '../engine/write.ts';
import type { HistoryEntry } from './history.ts';
import type { Router } from './router.ts';

/** Puts an applied write into journal, history and log. */
export function noteWrite(router: Router, written: WriteReport): void {
  const { command, menu, id, before, after, caller } = written;
  const { user, address, transport } = caller;
  router.journal.record({ user, address, transport, path: menu.path, command, id, before, after });
  if (written.undo && menu.definition.backedUp !== false) router.history.record(router.localNow(), written);
  const verb = VERBS[command];
  if (verb !== undefined) router.log('system,info', `${menu.definition.noun ?? 'item'} ${verb} by ${user}`);
}

/** Puts into the journal that a write was taken back or made again. */
export function noteReverted(router: Router, entry: HistoryEntry, command: 'undo' | 'redo', caller: Caller): void {
  const { menu, id, ...rows } = entry.written;
  const [before, after] = command === 'undo' ? [rows.after, rows.before] : [rows.before, rows.after];
  const { user, address, transport } = caller;
  router.journal.record({ user, address, transport, path: menu.path, command, id, before, after });
}

/** What the log says a write did; commands of other names leave their own lines. */
const VERBS: Readonly<Record<string, string | undefined>> = {
  add: 'added',
  set: 'changed',
  remove: 'removed',
  move: 'moved',
};
