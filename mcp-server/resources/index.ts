import type { Resource } from './define-resource.ts';
import { deviceAudit } from './device-audit.ts';
import { deviceConfigLive } from './device-config-live.ts';
import { deviceConfig } from './device-config.ts';
import { deviceHealth } from './device-health.ts';
import { deviceInterfaces } from './device-interfaces.ts';
import { deviceLogs } from './device-logs.ts';
import { deviceSnapshots } from './device-snapshots.ts';
import { device } from './device.ts';
import { docOperation } from './doc-operation.ts';
import { docPlanKind } from './doc-plan-kind.ts';
import { docToolset } from './doc-toolset.ts';
import { fleetSummary } from './fleet-summary.ts';
import { planLog } from './plan-log.ts';
import { plan } from './plan.ts';
import { snapshot } from './snapshot.ts';

/** Everything a host may read, in the order in which it is listed. */
export const RESOURCES: readonly Resource[] = [
  fleetSummary,
  device,
  deviceHealth,
  deviceInterfaces,
  deviceConfig,
  deviceConfigLive,
  deviceSnapshots,
  deviceLogs,
  deviceAudit,
  plan,
  planLog,
  snapshot,
  docToolset,
  docOperation,
  docPlanKind,
];
