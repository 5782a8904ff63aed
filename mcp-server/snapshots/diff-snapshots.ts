import { z } from 'zod';
import { TIERS } from '../../shared/domain/tier.ts';
import { pageOf } from '../../shared/operations/define-list-read.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, NextCursor } from '../call/input-fields.ts';
import { compareTexts } from './compare-texts.ts';
import type { InTurn } from './in-turn.ts';
import { resolveSnapshot } from './resolve-snapshot.ts';
import { ConfigurationLine, shownSnapshot, SnapshotIdField, SnapshotShape } from './snapshot-shape.ts';

/** What differs between two kept configurations. */
export function diffSnapshotsAction(stores: Pick<Database, 'snapshots' | 'devices'>, inTurn: InTurn): Action {
  return defineAction({
    name: 'diff_snapshots',
    title: 'Compare snapshots',
    description:
      'What differs between two kept configurations, of one router at two times or of two routers, as a unified diff. ' +
      'Whether two are equal their sha256 tells already.',
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
      contextLines: z.int().min(0).max(20).default(3).describe('Lines shown around every difference'),
      limit: z.int().min(1).max(1_000).default(200).describe('Lines of one page'),
      cursor: Cursor,
    }),
    output: z.object({
      from: SnapshotShape,
      to: SnapshotShape,
      isEqual: z.boolean(),
      added: z.int().describe('Lines only in "to"'),
      removed: z.int().describe('Lines only in "from"'),
      isAligned: z.boolean().describe('False: they have so little in common that lines were only counted'),
      lines: z.array(ConfigurationLine),
      total: z.int().describe('Lines on all pages'),
      nextCursor: NextCursor,
    }),
    target: { on: 'nothing' },
    async dispatch({ input: { from, to, contextLines, limit }, principal, after }) {
      const [before, now] = await Promise.all(
        [from, to].map((snapshotId) => resolveSnapshot(stores, principal, snapshotId)),
      );
      if (before === undefined || now === undefined) throw new Error('two ids were given');
      const isEqual = before.snapshot.sha256 === now.snapshot.sha256;
      const { lines, ...counts } = isEqual
        ? { lines: [], added: 0, removed: 0, isAligned: true }
        : await inTurn(principal.sub, async () =>
            compareTexts(
              await stores.snapshots.text(before.snapshot.sha256),
              await stores.snapshots.text(now.snapshot.sha256),
              contextLines,
            ),
          );
      const { rows, nextOffset } = pageOf(lines, { limit, offset: Number(after ?? 0) });
      return {
        output: {
          from: shownSnapshot(before.snapshot, before.device),
          to: shownSnapshot(now.snapshot, now.device),
          isEqual,
          ...counts,
          lines: rows,
          total: lines.length,
        },
        next: nextOffset === null ? undefined : String(nextOffset),
      };
    },
    summarize: ({ from, to, isEqual, added, removed }) =>
      isEqual
        ? `${from.deviceName} and ${to.deviceName} have the same configuration in these snapshots.`
        : `${added} lines added, ${removed} removed from ${from.snapshotId} (${from.deviceName}) to ${to.snapshotId} (${to.deviceName}).`,
  });
}
