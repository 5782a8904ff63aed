import { z } from 'zod';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { deviceTag } from '../../shared/platform/persistence/device-tag.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef } from '../call/input-fields.ts';
import type { WithoutDatabase } from '../degraded/without-database.ts';
import { DeviceShape, saidStale, staleness } from './device-shape.ts';
import type { HealthLines } from './health-line.ts';

/** What the registry knows of one router. */
export function getDeviceAction(healthOf: HealthLines, known?: Pick<WithoutDatabase, 'awaySince'>): Action {
  return defineAction({
    name: 'get_device',
    title: 'Get a device',
    description:
      'What the registry knows of one router: address, environment, tags, capability flags, trust, limits, and identity, ' +
      'model and version as last seen. Does not ask the router; for its present state call get_system_overview.',
    toolset: 'fleet',
    isCore: true,
    rate: 'read',
    phase: 0,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: z.strictObject({ deviceId: DeviceRef }),
    output: DeviceShape,
    target: { on: 'device', flags: [], evenDecommissioned: true },
    isVersioned: true,
    async dispatch({ target: { device }, precondition }) {
      const tag = deviceTag(device);
      if (precondition !== undefined && !precondition.anyOf.includes(tag)) throw new AppError('PRECONDITION_FAILED');
      const health = (await healthOf([device.deviceId])).get(device.deviceId);
      return {
        output: { ...device, ...(health && { health }), ...staleness(known?.awaySince() ?? null) },
        tag,
      };
    },
    summarize: ({ name, environment, status, health, model, version, asOf }) =>
      `${name} (${environment}, ${health?.status ?? status})${model === null ? '' : `: ${model}, RouterOS ${version ?? 'unknown'}`}.` +
      saidStale(asOf),
  });
}
