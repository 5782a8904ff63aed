import { z } from 'zod';
import { DeviceSelector, DeviceStatus } from '../../shared/domain/device.ts';
import { Environment } from '../../shared/domain/environment.ts';
import { visibleDevices } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, NextCursor } from '../call/input-fields.ts';
import type { WithoutDatabase } from '../degraded/without-database.ts';
import { DeviceLine, deviceLine, saidStale, StaleFields, staleness } from './device-shape.ts';
import type { HealthLines } from './health-line.ts';

const ListDevicesInput = z.strictObject({
  selector: DeviceSelector.optional().describe('All given criteria must hold; tags: has all of them'),
  environment: Environment.optional().describe('Short for selector.environment'),
  tags: z.array(z.string().max(64)).max(32).optional().describe('Short for selector.tags'),
  status: DeviceStatus.optional().describe('Short for selector.status'),
  limit: z.int().min(1).max(200).default(50).describe('Devices of one page'),
  cursor: Cursor,
});

const DeviceList = z.object({
  devices: z.array(DeviceLine),
  total: z.int().describe('Devices on all pages'),
  nextCursor: NextCursor,
  ...StaleFields,
});

/** The registry, as far as the caller's scope goes; no router is asked. */
export function listDevicesAction(
  { devices, awaySince }: Pick<WithoutDatabase, 'devices' | 'awaySince'>,
  healthOf: HealthLines,
): Action {
  return defineAction({
    name: 'list_devices',
    title: 'List devices',
    description:
      'Routers you may use, by name, with environment, tags, model, version and status as last known. Start here for ids ' +
      'and names. Answers from the registry; to ask a router itself call a get_ or list_ tool with its deviceId.',
    toolset: 'fleet',
    isCore: true,
    rate: 'read',
    phase: 0,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: ListDevicesInput,
    output: DeviceList,
    target: { on: 'nothing' },
    async dispatch({ input, principal, after }) {
      const { limit } = input;
      const selector = selectorOf(input);
      const page = await devices.list({
        grants: visibleDevices(principal),
        // One more than the page holds, because a page that is just full may be the last.
        limit: limit + 1,
        ...(selector === undefined ? {} : { selector }),
        ...(after === null ? {} : { after: positionOf(after) }),
      });
      const shown = page.devices.slice(0, limit);
      const last = page.devices.length > limit ? shown.at(-1) : undefined;
      const health = await healthOf(shown.map(({ deviceId }) => deviceId));
      return {
        output: {
          devices: shown.map((device) => deviceLine(device, health.get(device.deviceId))),
          total: page.total,
          ...staleness(awaySince()),
        },
        next: last && `${last.name} ${last.deviceId}`,
      };
    },
    summarize: ({ devices: shown, total, nextCursor, asOf }) =>
      `${shown.length} of ${total} devices${nextCursor === undefined ? '' : '; call again with nextCursor for more'}.` +
      saidStale(asOf),
  });
}

/** No name has a space in it. */
function positionOf(after: string): { name: string; deviceId: string } {
  const [name = '', deviceId = ''] = after.split(' ');
  return { name, deviceId };
}

function selectorOf(input: z.output<typeof ListDevicesInput>): DeviceSelector | undefined {
  const { selector, environment, tags, status } = input;
  const short = Object.fromEntries(
    Object.entries({ environment, tags, status }).filter(([, value]) => value !== undefined),
  );
  const twice = Object.keys(short).find((key) => selector !== undefined && Object.hasOwn(selector, key));
  if (twice !== undefined) {
    throw new AppError('VALIDATION_ERROR', { message: `${twice}: given twice, here and in selector; give it once.` });
  }
  // An empty selector selects nothing, which nobody who asks for a list means.
  const merged = { ...selector, ...short };
  return Object.keys(merged).length === 0 ? undefined : merged;
}
