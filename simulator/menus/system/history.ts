import type { CommandDefinition, Item, MenuDefinition, Reply, Row } from '../../engine/definition.ts';
import { isSettable, type Menu } from '../../engine/menu.ts';
import { failure } from '../../engine/router-error.ts';
import type { WriteReport } from '../../engine/write.ts';
import type { HistoryEntry } from '../../router/history.ts';
import { text } from '../../values/field-types.ts';

/** The newest hundred changes, newest first, with the console's commands for the way back and forth again. */
export const systemHistory: MenuDefinition = {
  path: '/system/history',
  kind: 'list',
  rows: 'read-only',
  backedUp: false,
  fields: {
    action: { type: text, access: 'read-only' },
    by: { type: text, access: 'read-only' },
    'floating-undo': { type: text, access: 'read-only' },
    policy: { type: text, access: 'read-only' },
    redo: { type: text, access: 'read-only' },
    redoable: { type: text, access: 'read-only' },
    time: { type: text, access: 'read-only' },
    undo: { type: text, access: 'read-only' },
    undoable: { type: text, access: 'read-only' },
  },
  derived: (router) =>
    router.history
      .entries()
      .toReversed()
      .map((entry) => rowOf(entry, router.heldSince())),
};

/** Changes after `heldSince` are taken back when the safe mode is not released. */
function rowOf({ id, time, written, undone }: HistoryEntry, heldSince: number | undefined): Item {
  const { menu, command, caller } = written;
  const values = {
    action: `${menu.definition.noun ?? 'item'} ${PAST[command] ?? command}`,
    by: caller.user,
    ...(heldSince !== undefined && id > heldSince ? { 'floating-undo': 'true' } : {}),
    policy: menu.definition.writePolicy ?? 'write',
    redo: redoText(written),
    time,
    undo: undoText(written),
    ...(undone ? { redoable: 'true' } : { undoable: 'true' }),
  };
  return { id: `*${id.toString(16).toUpperCase()}`, dynamic: true, values, internal: {} };
}

const PAST: Readonly<Record<string, string | undefined>> = {
  add: 'added',
  set: 'changed',
  remove: 'removed',
  move: 'moved',
};

function undoText({ command, menu, id, before, after }: WriteReport): string {
  if (command === 'add') return `${menu.path}/remove ${id}`;
  if (command === 'remove') return addText(menu, before);
  if (command === 'set') return setText(menu, id, after, before);
  return `${menu.path}/move ${id} destination=${before?.['position'] ?? ''}`;
}

function redoText({ command, menu, id, before, after }: WriteReport): string {
  if (command === 'add') return addText(menu, after);
  if (command === 'remove') return `${menu.path}/remove ${id}`;
  if (command === 'set') return setText(menu, id, before, after);
  return `${menu.path}/move ${id} destination=${after?.['position'] ?? ''}`;
}

function addText(menu: Menu, row: Row | null): string {
  const words = visible(menu, row).map(([name, value]) => `${name}=${quote(value)}`);
  return [`${menu.path}/add`, ...words].join(' ');
}

/** Only what differs; a value that was not there is taken away with `!`. */
function setText(menu: Menu, id: string | null, from: Row | null, to: Row | null): string {
  const changed = visible(menu, to).filter(([name, value]) => from?.[name] !== value);
  const lost = visible(menu, from).filter(([name]) => to?.[name] === undefined);
  const words = [...changed.map(([name, value]) => `${name}=${quote(value)}`), ...lost.map(([name]) => `!${name}`)];
  return [`${menu.path}/set`, ...(id === null ? [] : [id]), ...words].join(' ');
}

/** Secrets stay out of the text: everyone with the policy `read` may see it. */
function visible(menu: Menu, row: Row | null): [string, string][] {
  return Object.entries(row ?? {}).filter(([name]) => {
    const field = menu.fields.get(name);
    return field !== undefined && isSettable(field) && !field.sensitive;
  });
}

function quote(value: string): string {
  if (/^[\w.:/,*-]+$/.test(value)) return value;
  return `"${value
    .replace(/["\\$]/g, '\\$&')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')}"`;
}

/** Refusal of undo and redo when there is nothing left; the text is not measured on a device. */
const NOTHING_LEFT = 'nothing to undo or redo';

/** `/undo`: takes back the newest change, whoever made it. */
export const undo: CommandDefinition = {
  policy: 'write',
  parameters: [],
  run: (_args, router, caller): Reply => {
    if (!router.history.undo(caller)) throw failure(NOTHING_LEFT);
    return { kind: 'done' };
  },
};

/** `/redo`: makes the change again that was taken back last. */
export const redo: CommandDefinition = {
  policy: 'write',
  parameters: [],
  run: (_args, router, caller): Reply => {
    if (!router.history.redo(caller)) throw failure(NOTHING_LEFT);
    return { kind: 'done' };
  },
};
