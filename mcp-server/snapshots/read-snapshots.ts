import { z } from 'zod';
import { visibleDevices } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { pageOf } from '../../shared/operations/define-list-read.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { ConfigurationMenu } from '../../shared/routeros/configuration-objects.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, DeviceRef, NextCursor } from '../call/input-fields.ts';
import { resolveDevice } from '../call/resolve-device.ts';
import type { InTurn } from './in-turn.ts';
import {
  AsField,
  ConfigurationMenuShape,
  ConfigurationObject,
  linesOf,
  MenuField,
  objectsOf,
} from './configuration-shape.ts';
import { resolveSnapshot } from './resolve-snapshot.ts';
import { ConfigurationLine, shownSnapshot, SnapshotIdField, SnapshotShape } from './snapshot-shape.ts';

type Stores = Pick<Database, 'snapshots' | 'devices'>;

const READ = {
  toolset: 'configuration',
  isCore: false,
  rate: 'read',
  phase: 2,
  roles: TIERS.fundamental.roles,
  scopes: [TIERS.fundamental.scope],
  surfaces: ['mcp', 'http'],
  hints: { readOnly: true, destructive: false, idempotent: true },
} as const;

/** Snapshots that were taken, without their texts. */
export function listSnapshotsAction({ snapshots, devices }: Stores): Action {
  return defineAction({
    ...READ,
    name: 'list_snapshots',
    title: 'List snapshots',
    description: 'Kept configurations of one router or of all you may use, newest first, without their text.',
    audited: false,
    input: z.strictObject({
      deviceId: DeviceRef.optional().describe('Only of this device, by id or name'),
      limit: z.int().min(1).max(200).default(50).describe('Snapshots of one page'),
      cursor: Cursor,
    }),
    output: z.object({ snapshots: z.array(SnapshotShape), nextCursor: NextCursor }),
    target: { on: 'nothing' },
    async dispatch({ input: { deviceId, limit }, principal, after }) {
      const device = deviceId === undefined ? null : await resolveDevice(devices, principal, deviceId);
      const rows = await snapshots.list({
        grants: visibleDevices(principal),
        deviceId: device?.deviceId,
        // One more than the page holds, because a page that is just full may be the last.
        limit: limit + 1,
        before: after ?? undefined,
      });
      const shown = rows.slice(0, limit);
      const named = await devices.getMany([...new Set(shown.map((snapshot) => snapshot.deviceId))]);
      const names = new Map(named.map((one) => [one.deviceId, one.name]));
      return {
        output: {
          snapshots: shown.map((one) => shownSnapshot(one, { name: names.get(one.deviceId) ?? one.deviceId })),
        },
        next: rows.length > limit ? shown.at(-1)?.snapshotId : undefined,
      };
    },
    summarize: ({ snapshots: shown, nextCursor }) =>
      `${shown.length} snapshots${nextCursor === undefined ? '' : '; call again with nextCursor for more'}.`,
  });
}

/** The text of one snapshot, a page at a time. */
export function getSnapshotAction(stores: Stores, inTurn: InTurn): Action {
  return defineAction({
    ...READ,
    name: 'get_snapshot',
    title: 'Get a snapshot',
    description:
      'A kept configuration, all of it or one menu, as lines of the console or as objects by menu, without secrets. ' +
      'To see what changed take diff_snapshots.',
    // As reading a whole configuration from the router is.
    audited: true,
    input: z.strictObject({
      snapshotId: SnapshotIdField,
      menu: MenuField,
      as: AsField,
      limit: z.int().min(1).max(1_000).default(200).describe('Lines or objects of one page'),
      cursor: Cursor,
    }),
    output: SnapshotShape.extend({
      lines: z.array(ConfigurationLine),
      objects: z.array(ConfigurationObject).optional(),
      menus: z.array(ConfigurationMenuShape).optional().describe('With objects, on the first page: what there is'),
      total: z.int().describe('Lines or objects on all pages'),
      nextCursor: NextCursor,
    }),
    target: { on: 'nothing' },
    async dispatch({ input: { snapshotId, menu, as, limit }, principal, after }) {
      const { snapshot, device } = await resolveSnapshot(stores, principal, snapshotId);
      const page = { limit, offset: Number(after ?? 0) };
      const { nextOffset, ...found } = await inTurn(principal.sub, async () => {
        const lines = await linesOf(stores.snapshots, snapshot, menu);
        return as === 'lines' ? pageOfLines(lines, page) : pageOfObjects(objectsOf(lines), page);
      });
      return {
        output: { ...shownSnapshot(snapshot, device), ...found },
        next: nextOffset === null ? undefined : String(nextOffset),
      };
    },
    summarize: ({ deviceName, takenAt, total, objects }) =>
      `${total} ${objects === undefined ? 'lines' : 'objects'} of configuration of ${deviceName}, kept at ${takenAt}.`,
  });
}

interface Page {
  limit: number;
  offset: number;
}

function pageOfLines(lines: readonly string[], page: Page) {
  const { rows, nextOffset } = pageOf(lines, page);
  return { lines: rows, total: lines.length, nextOffset };
}

function pageOfObjects(menus: readonly ConfigurationMenu[], page: Page) {
  const all = menus.flatMap(({ menu, rows }) =>
    rows.map(({ key, command, values }) => ({ menu, key, command, values })),
  );
  const { rows, nextOffset } = pageOf(all, page);
  const about = menus.map(({ menu, isOrdered, rows: { length } }) => ({ menu, isOrdered, objectCount: length }));
  return { lines: [], objects: rows, ...(page.offset === 0 ? { menus: about } : {}), total: all.length, nextOffset };
}
