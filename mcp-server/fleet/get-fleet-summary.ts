import { z } from 'zod';
import { DeviceHealthStatus } from '../../shared/domain/device-health.ts';
import { DeviceStatus } from '../../shared/domain/device.ts';
import { Environment } from '../../shared/domain/environment.ts';
import { HealthStatus } from '../../shared/domain/health-sample.ts';
import { PlanStatus } from '../../shared/domain/plan.ts';
import { visibleDevices } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import type { FleetSummaryStore } from '../../shared/platform/persistence/stores/fleet-summary-store.ts';
import type { PlanStore } from '../../shared/platform/persistence/stores/plan-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { RouterFact } from '../devices/device-shape.ts';
import { ShownReason } from './shown-reason.ts';

export interface FleetSummaryDeps {
  summaries: FleetSummaryStore;
  plans: Pick<PlanStore, 'list'>;
}

/** Plans named in a summary. */
const MOST_PLANS = 20;

const FleetSummaryOutput = z.object({
  total: z.int().describe('Devices without decommissioned ones'),
  byStatus: z.partialRecord(DeviceStatus, z.int()),
  byHealth: z.partialRecord(DeviceHealthStatus, z.int()).describe('By their regular checks'),
  flapping: z.int().describe('Devices that come and go'),
  byEnvironment: z.array(z.object({ environment: Environment, devices: z.int() })),
  byVersion: z.array(z.object({ version: RouterFact.nullable(), devices: z.int() })).describe('RouterOS as last seen'),
  byModel: z.array(z.object({ model: RouterFact.nullable(), devices: z.int() })),
  breakers: z.object({ open: z.int(), halfOpen: z.int() }).describe('Devices left alone after failures in a row'),
  plans: z.object({
    byStatus: z.partialRecord(PlanStatus, z.int()).describe('Plans that are not finished'),
    awaitingApproval: z.array(
      z.object({ planId: z.string(), kind: z.string(), environment: Environment, expiresAt: z.iso.datetime() }),
    ),
  }),
  health: z.object({
    byStatus: z.partialRecord(HealthStatus, z.int()).describe('Devices by their newest sample'),
    neverAsked: z.int(),
    oldestAt: z.iso.datetime().nullable().describe('Age of the data: the oldest of the newest samples'),
    newestAt: z.iso.datetime().nullable(),
    unhealthy: z.array(
      z.object({
        deviceId: z.string(),
        name: z.string(),
        environment: Environment,
        status: HealthStatus,
        reasons: z.array(ShownReason),
        at: z.iso.datetime(),
      }),
    ),
  }),
});

/** The state of the fleet as far as the caller's scope goes, from what is stored; no router is asked. */
export function getFleetSummaryAction({ summaries, plans }: FleetSummaryDeps): Action {
  return defineAction({
    name: 'get_fleet_summary',
    title: 'Fleet summary',
    description:
      'The state of the fleet at a glance: devices by status, environment, version and model, breakers that are open, plans ' +
      'under way and waiting for approval, devices that were degraded or critical when last asked, with reasons, and how old ' +
      'that is. Asks no router; for fresh health call read_fleet with get_device_health.',
    toolset: 'fleet',
    isCore: true,
    rate: 'read',
    phase: 0,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: z.strictObject({}),
    output: FleetSummaryOutput,
    target: { on: 'nothing' },
    async dispatch({ principal }) {
      const grants = visibleDevices(principal);
      const [{ plansByStatus, byStatus, byVersion, byModel, byEnvironment, ...summary }, waiting] = await Promise.all([
        summaries.summarize(grants),
        plans.list({ statuses: ['awaiting_approval'], grants, limit: MOST_PLANS }),
      ]);
      const total = (byStatus.healthy ?? 0) + (byStatus.unreachable ?? 0);
      const awaitingApproval = waiting.map(({ planId, kind, environment, expiresAt }) => ({
        planId,
        kind,
        environment,
        expiresAt,
      }));
      return {
        output: {
          ...summary,
          total,
          byStatus,
          byEnvironment: byEnvironment.map(({ value: environment, devices }) => ({ environment, devices })),
          byVersion: byVersion.map(({ value: version, devices }) => ({ version, devices })),
          byModel: byModel.map(({ value: model, devices }) => ({ model, devices })),
          plans: { byStatus: plansByStatus, awaitingApproval },
        },
      };
    },
    summarize: ({ total, byStatus, breakers, plans: { byStatus: plansByStatus }, health }) => {
      const { degraded = 0, critical = 0 } = health.byStatus;
      return (
        `${total} devices, ${byStatus.unreachable ?? 0} unreachable, ${breakers.open} left alone; of those asked for their ` +
        `health ${degraded} degraded, ${critical} critical; ${plansByStatus.awaiting_approval ?? 0} plans await approval.`
      );
    },
  });
}
