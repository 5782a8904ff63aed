import type { Operation } from '../shared/operations/define-operation.ts';
import type { PlanKind } from '../shared/plans/define-plan.ts';
import type { Keyring } from '../shared/platform/encryption/keyring.ts';
import type { Database } from '../shared/platform/persistence/database.ts';
import type { FleetClient } from '../shared/platform/temporal/fleet-client.ts';
import { listAuditEventsAction } from './audit/list-audit-events.ts';
import type { Action } from './call/action.ts';
import { decommissionDeviceAction } from './devices/decommission-device.ts';
import { getDeviceAction } from './devices/get-device.ts';
import { listDevicesAction } from './devices/list-devices.ts';
import { registerDeviceAction } from './devices/register-device.ts';
import { rotateCredentialsAction } from './devices/rotate-credentials.ts';
import { testDeviceAction } from './devices/test-device.ts';
import { updateDeviceAction } from './devices/update-device.ts';
import { readAction } from './operations/read-action.ts';
import { writeAction } from './operations/write-action.ts';
import { controlPlanAction } from './plans/control-plan.ts';
import { CONTROL_RULES, type ControlSignal } from './plans/control-rules.ts';
import { createPlanViews } from './plans/plan-view.ts';
import { proposePlanAction } from './plans/propose-plan.ts';
import { getPlanAction, listPlansAction } from './plans/read-plans.ts';
import { waitForPlanAction } from './plans/wait-for-plan.ts';

export interface ActionDeps {
  operations: readonly Operation[];
  planKinds: readonly PlanKind[];
  database: Pick<Database, 'devices' | 'credentials' | 'plans' | 'audit'>;
  fleet: FleetClient;
  keyring: Keyring;
  publicUrl: string;
  approvalUrl: string;
  namespace: string;
  planExpiresSeconds: number;
  draining: AbortSignal;
}

/** Everything that can be called, in the order in which it is listed. None of it decides on a plan. */
export function createActions(deps: ActionDeps): Action[] {
  const { database, fleet, keyring, draining, planExpiresSeconds } = deps;
  const { devices, credentials, plans } = database;
  const views = createPlanViews(deps);
  return [
    listDevicesAction(devices),
    getDeviceAction(),
    ...deps.operations.map((operation) =>
      operation.effect === 'read' ? readAction(operation, fleet) : writeAction(operation, fleet),
    ),
    ...deps.planKinds.map((kind) => proposePlanAction(kind, { plans, fleet, views, planExpiresSeconds })),
    getPlanAction({ views }),
    listPlansAction({ plans, views }),
    waitForPlanAction({ plans, views, draining }),
    ...(Object.keys(CONTROL_RULES) as ControlSignal[]).map((signal) =>
      controlPlanAction(signal, { plans, fleet, views }),
    ),
    registerDeviceAction({ devices, fleet, keyring }),
    updateDeviceAction({ devices, credentials, fleet }),
    testDeviceAction({ devices, credentials, fleet }),
    rotateCredentialsAction({ devices, fleet, keyring }),
    decommissionDeviceAction({ devices, fleet }),
    listAuditEventsAction(database),
  ];
}
