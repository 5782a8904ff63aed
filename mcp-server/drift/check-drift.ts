import { ulid } from 'ulid';
import { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';
import { DriftShape, shownDrift } from './drift-shape.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface CheckDriftDeps {
  database: Pick<Database, 'baselines' | 'drift'>;
  fleet: Pick<FleetClient, 'checkDrift'>;
}

/** Objects that one answer shows. */
const SHOWN_AT_MOST = 100;

/** Compares a router with its baseline now. Changes nothing on the router, but makes it work for some seconds. */
export function checkDriftAction({ database, fleet }: CheckDriftDeps): Action {
  return defineAction({
    name: 'check_drift',
    title: 'Compare a device with its baseline',
    description:
      "Reads a router's configuration and says which objects are not as its baseline says. Takes seconds and loads the " +
      'router; list_drift shows what was found last. Then remediate_drift proposes the way back, acknowledge_drift says ' +
      'that it is expected.',
    toolset: 'configuration',
    isCore: false,
    rate: 'active',
    phase: 2,
    roles: ['operator', 'admin'],
    scopes: ['fleet:read'],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: false, idempotent: true },
    audited: true,
    task: 'work',
    input: z.strictObject({ deviceId: DeviceRef, environment: ExpectedEnvironment }),
    output: z.object({
      deviceId: z.string(),
      deviceName: z.string(),
      snapshotId: z.string(),
      news: z.int().describe('Objects that are told of now: new, otherwise than before, or no longer acknowledged'),
      gone: z.int().describe('Objects that are as the baseline says again'),
      open: z.int(),
      drift: z.array(DriftShape).describe(`At most ${SHOWN_AT_MOST}, also acknowledged ones; list_drift shows all`),
    }),
    target: { on: 'device', flags: [] },
    async dispatch({ target: { device }, principal }) {
      const { deviceId, name } = device;
      if ((await database.baselines.get(deviceId)) === null) {
        throw new AppError('BASELINE_NOT_FOUND', {
          message: `${name} has no baseline to be compared with.`,
          hint: 'Call set_baseline first.',
          details: { deviceId },
        });
      }
      const { snapshotId, news, gone, open } = await fleet.checkDrift({
        snapshotId: `snp_${ulid(currentMs())}`,
        deviceId,
        requestedBy: principal.sub,
        reason: 'compared with its baseline',
      });
      const nowMs = currentMs();
      const drift = (await database.drift.known(deviceId)).slice(0, SHOWN_AT_MOST);
      return {
        output: {
          deviceId,
          deviceName: name,
          snapshotId,
          news,
          gone,
          open,
          drift: drift.map((one) => shownDrift(one, device, nowMs)),
        },
        door: 'workflow',
      };
    },
    summarize: ({ deviceName, open, news, gone }) =>
      open + news + gone === 0
        ? `${deviceName} is as its baseline says.`
        : `${deviceName}: ${open} objects differ from its baseline, ${news} of them new; ${gone} are as they should be again.`,
  });
}
