import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { SnapshotRecords } from '../../shared/contract/snapshot-messages.ts';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { runningChanges } from './running-changes.ts';
import { currentIso, currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface ScheduledSnapshotsDeps {
  client: Client;
  database: Pick<Database, 'cohorts' | 'devices' | 'fleetEvents' | 'snapshots'>;
}

/** Devices of one page: half an hour's work at most. */
const PAGE = 100;
/** Devices whose snapshots are looked at in one transaction. */
const PRUNE_DEVICES = 100;
/** Texts that are removed in one transaction, while no other snapshot is stored. */
const PRUNE_TEXTS = 500;

/** What scheduled snapshots need of the database and of Temporal. */
export function createSnapshotRecords({ client, database }: ScheduledSnapshotsDeps): SnapshotRecords {
  return {
    async snapshotTargets({ cohort, after }) {
      const deviceIds = await database.cohorts.deviceIds({ cohort, after, limit: PAGE });
      const devices = await database.devices.getMany(deviceIds);
      const last = deviceIds.length < PAGE ? null : (deviceIds.at(-1) ?? null);
      return { devices: devices.map(({ deviceId, name }) => ({ deviceId, name })), last };
    },
    devicesInChange: async () => (await runningChanges(client)).map(({ deviceId }) => deviceId),
    async tellSnapshotFailed({ startedAt, deviceId, code }) {
      const device = await database.devices.get(deviceId);
      if (device === null) return;
      const { name, environment, tags } = device;
      await database.fleetEvents.append([
        {
          type: 'snapshot.failed',
          key: `snapshot.failed/${deviceId}/${startedAt}`,
          at: currentIso(),
          deviceId,
          deviceName: name,
          environment,
          tags,
          details: { code, message: ERROR_CODES[code].public },
        },
      ]);
    },
    async pruneSnapshots(retention) {
      const { info, heartbeat } = Context.current();
      const now = new Date(currentMs());
      let snapshots = 0;
      // Where an attempt that died was; an answer of its own would only say less.
      let afterDevice = (info.heartbeatDetails as string | null | undefined) ?? null;
      do {
        const page = await database.snapshots.prune({ ...retention, now, afterDevice, limit: PRUNE_DEVICES });
        snapshots += page.removed;
        afterDevice = page.lastDevice;
        if (afterDevice !== null) heartbeat(afterDevice);
      } while (afterDevice !== null);
      let texts = 0;
      for (let removed = PRUNE_TEXTS; removed === PRUNE_TEXTS; texts += removed) {
        removed = await database.snapshots.removeOrphanTexts(PRUNE_TEXTS);
        heartbeat(null);
      }
      return { snapshots, texts };
    },
  };
}
