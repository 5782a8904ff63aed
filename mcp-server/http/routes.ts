import { EXPORT_TYPES } from '../audit/export-format.ts';
import type { Action } from '../call/action.ts';
import { OPEN_METRICS_TYPE, openMetrics, type ExportedDevice } from '../fleet/open-metrics.ts';
import type { Catalogue } from '../call/catalogue.ts';
import { CONTROL_RULES } from '../plans/control-rules.ts';

/** One route of the API: an action with a path. */
export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** Below `/api/v1`; names after ":" are arguments of the action. */
  path: string;
  action: Action;
  /** Status of a good answer. */
  status: 200 | 201;
  /** Path below `/api/v1` of what a good answer made. */
  location?: (output: Readonly<Record<string, unknown>>) => string;
  /** Media types of an answer that is streamed instead of being the output. */
  streams?: readonly string[];
  /** Of an answer that is given as text instead of JSON: its media type, and how it is written. */
  text?: { type: string; render: (output: Readonly<Record<string, unknown>>) => string };
  /** Query parameters with another name than the argument they fill. */
  aliases?: Readonly<Record<string, string>>;
}

type Fixed = Omit<Route, 'action'>;

const FIXED: Readonly<Record<string, Fixed>> = {
  list_devices: { method: 'GET', path: '/devices', status: 200, aliases: { tag: 'tags' } },
  register_device: {
    method: 'POST',
    path: '/devices',
    status: 201,
    location: ({ device }) => `/devices/${(device as { deviceId: string }).deviceId}`,
  },
  get_device: { method: 'GET', path: '/devices/:deviceId', status: 200 },
  update_device: { method: 'PATCH', path: '/devices/:deviceId', status: 200 },
  test_device: { method: 'POST', path: '/devices/:deviceId/test', status: 200 },
  rotate_device_credentials: { method: 'PUT', path: '/devices/:deviceId/credentials', status: 200 },
  renew_device_credentials: { method: 'POST', path: '/devices/:deviceId/credentials/renewal', status: 200 },
  decommission_device: { method: 'POST', path: '/devices/:deviceId/decommission', status: 200 },
  get_fleet_summary: { method: 'GET', path: '/fleet/summary', status: 200 },
  read_fleet: { method: 'POST', path: '/fleet/read', status: 200 },
  get_device_status: { method: 'GET', path: '/devices/:deviceId/status', status: 200 },
  get_resource_history: { method: 'GET', path: '/devices/:deviceId/health-history', status: 200 },
  get_device_metrics: { method: 'GET', path: '/devices/:deviceId/metrics', status: 200 },
  export_device_metrics: {
    method: 'GET',
    path: '/openmetrics',
    status: 200,
    text: { type: OPEN_METRICS_TYPE, render: ({ devices }) => openMetrics(devices as ExportedDevice[]) },
  },
  list_plans: { method: 'GET', path: '/plans', status: 200, aliases: { status: 'statuses' } },
  get_plan: { method: 'GET', path: '/plans/:planId', status: 200 },
  replan: {
    method: 'POST',
    path: '/plans/:planId/replan',
    status: 201,
    location: ({ planId }) => `/plans/${String(planId)}`,
  },
  wait_for_plan: { method: 'GET', path: '/plans/:planId/wait', status: 200 },
  get_call: { method: 'GET', path: '/calls/:callId', status: 200 },
  get_plan_approvals: { method: 'GET', path: '/plans/:planId/approvals', status: 200 },
  list_operations: { method: 'GET', path: '/operations', status: 200 },
  take_snapshot: {
    method: 'POST',
    path: '/devices/:deviceId/snapshots',
    status: 201,
    location: ({ snapshotId }) => `/snapshots/${String(snapshotId)}`,
  },
  list_snapshots: { method: 'GET', path: '/snapshots', status: 200 },
  get_snapshot: { method: 'GET', path: '/snapshots/:snapshotId', status: 200 },
  diff_snapshots: { method: 'GET', path: '/snapshots/:from/diff/:to', status: 200 },
  set_baseline: { method: 'PUT', path: '/devices/:deviceId/baseline', status: 200 },
  check_drift: { method: 'POST', path: '/devices/:deviceId/drift/check', status: 200 },
  list_drift: { method: 'GET', path: '/drift', status: 200 },
  acknowledge_drift: { method: 'POST', path: '/devices/:deviceId/drift/acknowledgement', status: 200 },
  remediate_drift: { method: 'POST', path: '/devices/:deviceId/drift/remediation', status: 200 },
  // The claims of a token do not belong into an address.
  explain_access: { method: 'POST', path: '/access/explain', status: 200 },
  revoke_access: { method: 'POST', path: '/access/revocations', status: 200 },
  restore_access: { method: 'POST', path: '/access/revocations/restore', status: 200 },
  list_revocations: { method: 'GET', path: '/access/revocations', status: 200 },
  list_webhook_deliveries: { method: 'GET', path: '/webhooks/deliveries', status: 200 },
  replay_webhook_delivery: { method: 'POST', path: '/webhooks/deliveries/:eventId/replay', status: 200 },
  emergency_stop: { method: 'POST', path: '/stops', status: 201 },
  list_emergency_stops: { method: 'GET', path: '/stops', status: 200 },
  lift_emergency_stop: { method: 'POST', path: '/stops/:stopId/lift', status: 200 },
  list_audit_events: { method: 'GET', path: '/audit', status: 200 },
  export_audit: { method: 'GET', path: '/audit/export', status: 200, streams: Object.values(EXPORT_TYPES) },
  verify_audit: { method: 'GET', path: '/audit/verification', status: 200 },
  ...Object.fromEntries(
    Object.entries(CONTROL_RULES).map(([signal, { name }]) => [
      name,
      { method: 'POST', path: `/plans/:planId/${signal}`, status: 200 } satisfies Fixed,
    ]),
  ),
};

/** The routes of everything in the catalogue; operations and plan kinds get theirs from their name and effect. */
export function routesOf(catalogue: Catalogue): Route[] {
  return catalogue.actions
    .filter((action) => action.surfaces.includes('http'))
    .map((action) => ({ ...(FIXED[action.name] ?? derived(action)), action }));
}

function derived({ name, target, hints }: Action): Fixed {
  if (target.on === 'fleet') {
    const path = `/plans/${name.replace(/^plan_/, '')}`;
    return { method: 'POST', path, status: 201, location: ({ planId }) => `/plans/${String(planId)}` };
  }
  const path = `/devices/:deviceId/operations/${name}`;
  return { method: hints.readOnly ? 'GET' : 'POST', path, status: 200 };
}
