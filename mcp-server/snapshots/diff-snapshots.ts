import { z } from 'zod';
import { TIERS } from '../../shared/domain/tier.ts';
import { pageOf } from '../../shared/operations/define-list-read.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { compareConfigurations, type ConfigurationDifference } from '../../shared/routeros/configuration-objects.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, NextCursor } from '../call/input-fields.ts';
import { compareTexts } from './compare-texts.ts';
import type { InTurn } from './in-turn.ts';
import { AsField, DifferenceShape, linesOf, MenuField, objectsOf } from './configuration-shape.ts';
import { resolveSnapshot } from './resolve-snapshot.ts';
import { ConfigurationLine, shownSnapshot, SnapshotIdField, SnapshotShape } from './snapshot-shape.ts';

/** What differs between two kept configurations. */
export function diffSnapshotsAction(stores: Pick<Database, 'snapshots' | 'devices'>, inTurn: InTurn): Action {
  return defineAction({
    name: 'diff_snapshots',
    title: 'Compare snapshots',
    description:
      'What differs between two kept configurations, of one router at two times or of two routers, as a unified diff, or ' +
      'object by object. Whether two are equal their sha256 tells already.',
    toolset: 'configuration',
    isCore: false,
    rate: 'read',
    phase: 2,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: true,
    input: z.strictObject({
      from: SnapshotIdField,
      to: SnapshotIdField,
      menu: MenuField,
      as: AsField,
      contextLines: z.int().min(0).max(20).default(3).describe('Lines shown around every difference'),
      limit: z.int().min(1).max(1_000).default(200).describe('Lines or objects of one page'),
      cursor: Cursor,
    }),
    output: z.object({
      from: SnapshotShape,
      to: SnapshotShape,
      isEqual: z.boolean(),
      added: z.int().describe('Lines or objects only in "to"'),
      removed: z.int().describe('Lines or objects only in "from"'),
      changed: z.int().optional().describe('Objects that are in both and differ'),
      moved: z.int().optional().describe('Objects at another place of their menu'),
      isAligned: z.boolean().describe('False: they have so little in common that lines were only counted'),
      lines: z.array(ConfigurationLine),
      differences: z.array(DifferenceShape).optional().describe('Instead of lines, with as=objects'),
      total: z.int().describe('Lines or objects on all pages'),
      nextCursor: NextCursor,
    }),
    target: { on: 'nothing' },
    async dispatch({ input: { from, to, menu, as, contextLines, limit }, principal, after }) {
      const [before, now] = await Promise.all(
        [from, to].map((snapshotId) => resolveSnapshot(stores, principal, snapshotId)),
      );
      if (before === undefined || now === undefined) throw new Error('two ids were given');
      const page = { limit, offset: Number(after ?? 0) };
      const { nextOffset, ...found } = await inTurn(principal.sub, async () => {
        const isSame = before.snapshot.sha256 === now.snapshot.sha256;
        const a = isSame ? [] : await linesOf(stores.snapshots, before.snapshot, menu);
        const b = isSame ? [] : await linesOf(stores.snapshots, now.snapshot, menu);
        return as === 'lines' ? unified(a, b, { ...page, contextLines }) : structural(a, b, page);
      });
      return {
        output: {
          from: shownSnapshot(before.snapshot, before.device),
          to: shownSnapshot(now.snapshot, now.device),
          ...found,
        },
        next: nextOffset === null ? undefined : String(nextOffset),
      };
    },
    summarize: ({ from, to, isEqual, added, removed, changed, moved }) =>
      isEqual
        ? `${from.deviceName} and ${to.deviceName} have the same configuration in these snapshots.`
        : `${say(added, removed, changed, moved)} from ${from.snapshotId} (${from.deviceName}) to ${to.snapshotId} (${to.deviceName}).`,
  });
}

interface Page {
  limit: number;
  offset: number;
}

async function unified(a: readonly string[], b: readonly string[], page: Page & { contextLines: number }) {
  const [from, to] = [a, b].map((lines) => lines.map((line) => `${line}\n`).join(''));
  const isEqual = from === to;
  const { lines, ...counts } = await compareTexts(from!, to!, page.contextLines);
  const { rows, nextOffset } = pageOf(lines, page);
  return { isEqual, ...counts, lines: rows, total: lines.length, nextOffset };
}

function structural(a: readonly string[], b: readonly string[], page: Page) {
  const all = compareConfigurations(objectsOf(a), objectsOf(b)).map(shownDifference);
  const count = (kind: (typeof all)[number]['kind']): number => all.filter((one) => one.kind === kind).length;
  const { rows, nextOffset } = pageOf(all, page);
  return {
    isEqual: all.length === 0,
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    moved: count('moved'),
    isAligned: true,
    lines: [],
    differences: rows,
    total: all.length,
    nextOffset,
  };
}

function shownDifference({ menu, key, kind, fields, before, after, places }: ConfigurationDifference) {
  const shown = fields.map((field) => ({ field, before: valueOf(before, field), after: valueOf(after, field) }));
  return { menu, key, kind, fields: shown, ...(places === undefined ? {} : { places }) };
}

/** A field by its own name only, whatever a router calls its fields. */
function valueOf(values: Readonly<Record<string, string>> | null, field: string): string | null {
  return values !== null && Object.hasOwn(values, field) ? (values[field] ?? null) : null;
}

function say(added: number, removed: number, changed: number | undefined, moved: number | undefined): string {
  if (changed === undefined) return `${added} lines added, ${removed} removed`;
  return `${added} objects added, ${removed} removed, ${changed} changed, ${moved ?? 0} moved`;
}
