import { z } from 'zod';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { pageOf } from '../../shared/operations/define-list-read.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, DeviceRef, NextCursor } from '../call/input-fields.ts';
import type { InTurn } from './in-turn.ts';
import { ConfigurationLine, shownSnapshot, SnapshotShape } from './snapshot-shape.ts';

/** Lines of one page, as long as they are not too long. */
const MOST_LINES = 1_000;

/** The newest snapshot of a device, a page at a time; all pages are of one snapshot, also when a newer one is taken. */
export function getNewestSnapshotAction({ snapshots }: Pick<Database, 'snapshots'>, inTurn: InTurn): Action {
  return defineAction({
    name: 'get_newest_snapshot',
    title: 'Get the newest snapshot',
    description: 'The configuration of a router as it was kept last.',
    toolset: 'configuration',
    isCore: false,
    rate: 'read',
    phase: 2,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['context'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    // As reading a whole configuration from the router is.
    audited: true,
    input: z.strictObject({ deviceId: DeviceRef, cursor: Cursor }),
    output: SnapshotShape.extend({
      observedAt: z.iso.datetime(),
      lines: z.array(ConfigurationLine),
      nextCursor: NextCursor,
    }),
    target: { on: 'device', flags: [], evenDecommissioned: true },
    async dispatch({ target: { device }, principal, after }) {
      const [begun = '', offset = '0'] = after?.split('/') ?? [];
      const snapshot = after === null ? await snapshots.latest(device.deviceId) : await snapshots.get(begun);
      // The name it was asked by may be another device's by now.
      if (snapshot?.deviceId !== device.deviceId) {
        throw new AppError('SNAPSHOT_NOT_FOUND', {
          message: `No configuration of ${device.name} is kept yet.`,
          hint: 'Call take_snapshot.',
        });
      }
      const { rows, nextOffset } = await inTurn(principal.sub, async () => {
        const lines = (await snapshots.text(snapshot.sha256)).split('\n').slice(0, -1);
        return pageOf(lines, { limit: MOST_LINES, offset: Number(offset) });
      });
      return {
        output: { ...shownSnapshot(snapshot, device), observedAt: snapshot.takenAt, lines: rows },
        next: nextOffset === null ? undefined : `${snapshot.snapshotId}/${nextOffset}`,
      };
    },
    summarize: ({ deviceName, takenAt }) => `The configuration of ${deviceName} as kept at ${takenAt}.`,
  });
}
