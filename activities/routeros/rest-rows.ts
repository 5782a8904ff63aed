import type { RouterValues } from '../../shared/domain/change.ts';
import type { SeenAfterwards } from '../../shared/domain/write-outcome.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { sameValue } from '../../shared/routeros/canonical.ts';
import type { Router, RouterRecord, RowKey } from '../../shared/routeros/router.ts';
import { assertNaturalKey, describeKey, isDynamic, narrowing, rowNamed } from '../../shared/routeros/row-key.ts';
import { redactRecord } from '../../shared/routeros/secret-fields.ts';
import type { RestReply } from './exchange.ts';
import { expectRecord } from './expect-reply.ts';
import type { RestLink } from './rest-link.ts';
import { restPath } from './rest-path.ts';
import { decodeBody, readRows } from './rest-read.ts';
import { settleWrite, type WriteLinks } from './settle-write.ts';
import { canTell, holdsWritten, unsetBody } from './written-values.ts';

/** Writes to the rows of list menus. */
export function restRows(links: WriteLinks): Pick<Router, 'add' | 'change' | 'remove' | 'move'> {
  const { link, signal } = links;
  const read = (
    menu: string,
    key: RowKey,
    fields: readonly string[],
    over: RestLink = link,
    changed: readonly string[] = [],
  ): Promise<RouterRecord[]> => readRows(over, menu, [...fields, 'dynamic'], signal, narrowing(menu, key, changed));

  return {
    async add(menu, values, { key, placeBefore = null }) {
      assertNaturalKey(menu, key);
      if (placeBefore) assertNaturalKey(menu, placeBefore);
      const fields = [...Object.keys(key), ...Object.keys(values), 'disabled'];
      const rows = await read(menu, key, [...fields, ...Object.keys(placeBefore ?? {})]);
      const present = rowNamed(rows, menu, key);
      if (present) {
        if (holdsWritten(menu, present, values, 'doubted')) return { outcome: 'unchanged' };
        throw stale(menu, key, present);
      }
      const place = placeBefore ? { 'place-before': idOf(requireRow(rows, menu, placeBefore)) } : {};
      return settleWrite(links, {
        menu,
        request: { method: 'PUT', path: restPath(menu), body: JSON.stringify({ ...values, ...place }) },
        confirms: (reply) => holdsWritten(menu, echoOf(reply, menu), values, 'trusted'),
        look: async (over) => {
          const row = rowNamed(await read(menu, key, fields, over), menu, key);
          if (!row) return 'before';
          return holdsWritten(menu, row, values, 'trusted') ? 'after' : 'foreign';
        },
      });
    },

    async change(menu, key, values, unset = []) {
      assertNaturalKey(menu, key);
      const wanted = { ...values, ...Object.fromEntries(unset.map((field) => [field, null])) };
      const fields = [...Object.keys(key), ...Object.keys(wanted), 'disabled'];
      const row = requireRow(await read(menu, key, fields, link, Object.keys(wanted)), menu, key);
      if (holdsWritten(menu, row, wanted, 'doubted')) return { outcome: 'unchanged' };
      // A change may rename the row.
      const keyAfter = Object.fromEntries(Object.entries(key).map(([field, value]) => [field, values[field] ?? value]));
      return settleWrite(links, {
        menu,
        request: {
          method: 'PATCH',
          path: restPath(menu, idOf(row)),
          body: JSON.stringify({ ...values, ...unsetBody(menu, unset) }),
        },
        confirms: (reply) => holdsWritten(menu, echoOf(reply, menu), wanted, 'trusted'),
        look: async (over) => {
          if (!canTell(menu, row, wanted)) return 'foreign';
          const rows = await read(menu, key, fields, over, Object.keys(wanted));
          const [before, after] = [rowNamed(rows, menu, key), rowNamed(rows, menu, keyAfter)];
          // Somebody else's row has the name this one was to get.
          if (before && after && before !== after) return 'foreign';
          if (after && holdsWritten(menu, after, wanted, 'trusted')) return 'after';
          return before && fields.every((field) => sameValue(field, before[field], row[field])) ? 'before' : 'foreign';
        },
      });
    },

    async remove(menu, key) {
      assertNaturalKey(menu, key);
      const fields = Object.keys(key);
      const row = rowNamed(await read(menu, key, fields), menu, key);
      if (!row) return { outcome: 'unchanged' };
      return settleWrite(links, {
        menu,
        request: { method: 'DELETE', path: restPath(menu, idOf(row)) },
        confirms: isEmpty,
        look: async (over) => (rowNamed(await read(menu, key, fields, over), menu, key) ? 'before' : 'after'),
      });
    },

    async move(menu, key, before) {
      assertNaturalKey(menu, key);
      if (before) assertNaturalKey(menu, before);
      const fields = [...Object.keys(key), ...Object.keys(before ?? {})];
      const rows = await read(menu, key, fields);
      const row = requireRow(rows, menu, key);
      const destination = before && requireRow(rows, menu, before);
      if (destination === row) {
        throw new AppError('VALIDATION_ERROR', { message: 'An entry cannot be moved in front of itself.' });
      }
      if (isInPlace(rows, row, destination)) return { outcome: 'unchanged' };
      const look = async (over: RestLink): Promise<SeenAfterwards> => {
        const now = await read(menu, key, fields, over);
        const [moved, target] = [rowNamed(now, menu, key), before && rowNamed(now, menu, before)];
        if (!moved || (before && !target)) return 'foreign';
        if (isInPlace(now, moved, target)) return 'after';
        return orderOf(now) === orderOf(rows) ? 'before' : 'foreign';
      };
      const destinationId = destination ? { destination: idOf(destination) } : {};
      return settleWrite(links, {
        menu,
        request: {
          method: 'POST',
          path: restPath(menu, 'move'),
          body: JSON.stringify({ numbers: idOf(row), ...destinationId }),
        },
        // A destination that is gone meanwhile silently means the end of the table.
        confirms: async () => (await look(link)) === 'after',
        look,
      });
    },
  };
}

function requireRow(rows: readonly RouterRecord[], menu: string, key: RowKey): RouterRecord {
  const row = rowNamed(rows, menu, key);
  if (row) return row;
  throw new AppError('DEVICE_ENTRY_MISSING', {
    message: `${menu} has no entry with ${describeKey(key)}.`,
    details: { menu, key, outcome: 'not_applied' },
  });
}

function stale(menu: string, key: RouterValues, row: RouterRecord): AppError {
  return new AppError('PLAN_STALE', {
    message: `${menu} already has an entry with ${describeKey(key)}, with other values; nothing was written.`,
    details: { menu, key, found: redactRecord(menu, row), outcome: 'not_applied' },
  });
}

/** Ids are used at once, in the same breath as the list they come from; they never leave this file. */
function idOf(row: RouterRecord): string {
  return row['.id'] ?? '';
}

/** Rows that the router made itself stand first or go as they like: they are no neighbours. */
function isInPlace(rows: readonly RouterRecord[], row: RouterRecord, destination: RouterRecord | null): boolean {
  const configured = rows.filter((other) => !isDynamic(other));
  return (configured[configured.indexOf(row) + 1] ?? null) === destination;
}

function orderOf(rows: readonly RouterRecord[]): string {
  return rows.map(idOf).join(' ');
}

/** The record that an add or a set is answered with; an empty one when the answer is something else. */
function echoOf(reply: RestReply, menu: string): RouterRecord {
  try {
    return expectRecord(decodeBody(reply, menu), menu);
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_REPLY_INVALID') return {};
    throw error;
  }
}

function isEmpty({ bytes }: RestReply): boolean {
  return /^\s*(\[\s*\])?\s*$/.test(bytes.toString('latin1', 0, 64));
}
