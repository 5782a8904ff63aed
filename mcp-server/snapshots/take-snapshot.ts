import { ulid } from 'ulid';
import { z } from 'zod';
import { visibleDevices } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { SnapshotStore } from '../../shared/platform/persistence/stores/snapshot-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';
import { shownSnapshot, SnapshotShape } from './snapshot-shape.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface TakeSnapshotDeps {
  snapshots: Pick<SnapshotStore, 'get' | 'list'>;
  fleet: Pick<FleetClient, 'snapshot'>;
}

const TakenSnapshot = SnapshotShape.extend({
  isChanged: z.boolean().nullable().describe('Whether it differs from the one before; null: it is the first'),
});

/** Reads a router's whole configuration and keeps it. Changes nothing on the router, but makes it work for some seconds. */
export function takeSnapshotAction({ snapshots, fleet }: TakeSnapshotDeps): Action {
  return defineAction({
    name: 'take_snapshot',
    title: 'Take a snapshot',
    description:
      "Keeps a router's configuration as it is now, without secrets, to be read and compared later. Takes seconds and " +
      'loads the router, so take one before a change, not to look something up. Then get_snapshot or diff_snapshots.',
    toolset: 'configuration',
    isCore: false,
    rate: 'active',
    phase: 2,
    roles: ['operator', 'admin'],
    scopes: ['fleet:read'],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: false, idempotent: false },
    audited: true,
    task: 'work',
    input: z.strictObject({
      deviceId: DeviceRef,
      environment: ExpectedEnvironment,
      comment: z.string().max(500).default('').describe('Why, shown with the snapshot as its reason'),
    }),
    output: TakenSnapshot,
    target: { on: 'device', flags: [] },
    async dispatch({ input: { comment: reason }, target: { device }, principal }) {
      const { deviceId, name } = device;
      const wish = {
        snapshotId: `snp_${ulid(currentMs())}`,
        deviceId,
        deviceName: name,
        requestedBy: principal.sub,
        reason,
      };
      const { snapshotId } = await fleet.snapshot(wish);
      const snapshot = await snapshots.get(snapshotId);
      if (snapshot === null) throw new AppError('SNAPSHOT_NOT_FOUND', { details: { snapshotId } });
      // Looked for by the id: it may be a snapshot that was being taken already.
      const [before] = await snapshots.list({
        grants: visibleDevices(principal),
        deviceId,
        limit: 1,
        before: snapshotId,
      });
      const isChanged = before === undefined ? null : before.sha256 !== snapshot.sha256;
      return { output: { ...shownSnapshot(snapshot, device), isChanged }, door: 'workflow' };
    },
    summarize: ({ snapshotId, deviceName, lineCount, isChanged }) =>
      `Snapshot ${snapshotId} of ${deviceName}: ${lineCount} lines, ${SAY_CHANGED[String(isChanged)]}.`,
  });
}

const SAY_CHANGED: Readonly<Record<string, string>> = {
  true: 'other than the one before',
  false: 'the same as the one before',
  null: 'the first one',
};
