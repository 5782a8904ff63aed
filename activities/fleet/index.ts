import type { Client } from '@temporalio/client';
import type { FleetActivities } from '../../shared/contract/fleet-activities.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { LaneStarter } from '../../shared/platform/temporal/lane-starter.ts';
import { composePlan, verifyDigest } from './compose-plan.ts';
import { readSignals } from './read-signals.ts';

export interface FleetDeps {
  client: Client;
  database: Database;
  lanes: LaneStarter;
}

/** Work on the shared queue. None of it opens a connection to a router. */
export function createFleetActivities({ client, database, lanes }: FleetDeps): FleetActivities {
  return {
    async ensureLanes({ deviceIds }) {
      // Asked for because a task found nobody, so what this process remembers of the lane is not to be trusted.
      for (const deviceId of deviceIds) await lanes.ensure(deviceId, { evenIfRemembered: true });
    },
    recordCaptureFailure: ({ planId, deviceId, error }) => database.plans.saveCaptureFailure(planId, deviceId, error),
    composePlan: (request) => composePlan(database, request),
    readSignals: (request) => readSignals({ client, database }, request),
    recordPlan: (patch) => database.plans.patch(patch),
    recordDevices: (progress) => database.plans.recordDevices(progress),
    async loadPlanSteps({ planId, deviceId, digest }) {
      await verifyDigest(database, { planId, digest });
      const steps = await database.plans.steps(planId, deviceId);
      if (!steps) throw new AppError('PLAN_NOT_FOUND', { details: { planId, deviceId } });
      return { steps };
    },
    verifyDigest: (request) => verifyDigest(database, request),
    listPlanDevices: ({ planId, statuses }) => database.plans.devicesIn(planId, statuses),
    async deviceNames({ deviceIds }) {
      const devices = await database.devices.getMany(deviceIds);
      return Object.fromEntries(devices.map(({ deviceId, name }) => [deviceId, name]));
    },
    async audit(record) {
      await database.audit.append({ ...record, via: 'workflow' });
    },
  };
}
