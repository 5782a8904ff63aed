import { z } from 'zod';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { compareWithBaseline } from '../../shared/platform/drift/compare-with-baseline.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { configurationObjects } from '../../shared/routeros/configuration-objects.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Comment, DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';
import { SnapshotIdField } from '../snapshots/snapshot-shape.ts';
import type { InTurn } from '../snapshots/in-turn.ts';
import { BaselineShape, shownBaseline } from './drift-shape.ts';

type Stores = Pick<Database, 'snapshots' | 'baselines' | 'drift'>;

/** Says what a router should be: as it is in a snapshot. Touches no router. */
export function setBaselineAction(database: Stores, inTurn: InTurn): Action {
  return defineAction({
    name: 'set_baseline',
    title: 'Set the baseline of a device',
    description:
      'Declares a kept configuration of a router to be what it should be: the newest one, or a snapshot you name. From then ' +
      'on check_drift and the schedule tell what differs from it. Plans move it along by themselves. Drift that the new ' +
      'baseline agrees with is gone, so look at list_drift first.',
    toolset: 'configuration',
    isCore: false,
    rate: 'write',
    phase: 2,
    roles: ['operator', 'admin'],
    scopes: ['fleet:write'],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: false, idempotent: true },
    audited: true,
    input: z.strictObject({
      deviceId: DeviceRef,
      environment: ExpectedEnvironment,
      snapshotId: SnapshotIdField.optional().describe('Of this device. Default: its newest'),
      comment: Comment,
    }),
    output: BaselineShape,
    target: { on: 'device', flags: [] },
    async dispatch({ input: { snapshotId, comment }, target: { device }, principal }) {
      const { deviceId } = device;
      const newest = await database.snapshots.latest(deviceId);
      const snapshot = snapshotId === undefined ? newest : await database.snapshots.get(snapshotId);
      if (newest === null || snapshot?.deviceId !== deviceId) {
        throw new AppError('SNAPSHOT_NOT_FOUND', {
          message: `${device.name} has no snapshot${snapshotId === undefined ? ' yet' : ` "${snapshotId}"`}.`,
          hint: snapshotId === undefined ? 'Call take_snapshot.' : 'Call list_snapshots for those of this device.',
        });
      }
      const { takenAt: asOf, version, isComplete, sha256 } = snapshot;
      const baseline = await inTurn(principal.sub, async () => {
        const set = await database.baselines.set({
          deviceId,
          snapshotId: snapshot.snapshotId,
          asOf,
          setBy: principal.sub,
          reason: comment,
          planId: null,
          version,
          isComplete,
          menus: configurationObjects(await database.snapshots.text(sha256)),
        });
        await lookAgain(database, newest);
        return (await database.baselines.get(deviceId)) ?? set;
      });
      return { output: shownBaseline(baseline, device) };
    },
    summarize: ({ deviceName, snapshotId, objects }) =>
      `The baseline of ${deviceName} is what it was in ${snapshotId}: ${objects} objects.`,
  });
}

/** Compares what is known of the device with its new baseline, so that nobody is shown drift from the former one. */
async function lookAgain(database: Stores, snapshot: Snapshot): Promise<void> {
  const baseline = await database.baselines.get(snapshot.deviceId);
  if (baseline === null) return;
  try {
    await compareWithBaseline({ database }, { baseline, snapshot });
  } catch (error) {
    // A plan works on the device; it is compared when that has ended.
    if (!(error instanceof AppError) || error.code !== 'DEVICE_BUSY') throw error;
  }
}
