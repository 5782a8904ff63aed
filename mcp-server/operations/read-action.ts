import { z } from 'zod';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { ReadOperation } from '../../shared/operations/define-operation.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { createCoalescer } from './coalesce.ts';
import { reportWaiting } from './report-waiting.ts';
import { Cursor, DeviceRef, NextCursor } from '../call/input-fields.ts';

const ReadEnvelope = {
  deviceId: z.string(),
  deviceName: z.string(),
  observedAt: z.iso.datetime().describe('When the router was asked'),
  source: z.literal('live'),
};

/** The tool and route of a read: asks the router now, through its lane. */
export function readAction(operation: ReadOperation, fleet: Pick<FleetClient, 'read'>): Action {
  const { name, title, summary, toolset, isCore = false, isActive = false, isSensitive = false, phase } = operation;
  const coalesce = createCoalescer<Awaited<ReturnType<FleetClient['read']>>>();
  return defineAction({
    name,
    title,
    description: summary,
    toolset,
    isCore,
    rate: isActive ? 'active' : 'read',
    phase,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true, openWorld: operation.reachesOutside ?? false },
    audited: isSensitive,
    ...(isActive ? { task: 'work' as const } : {}),
    input: callerInput(operation).safeExtend({ deviceId: DeviceRef }).strict(),
    output: callerOutput(operation).safeExtend(ReadEnvelope),
    target: { on: 'device', flags: operation.flag === undefined ? [] : [operation.flag] },
    async dispatch({ input, target: { device }, after, report }) {
      const { deviceId: _, cursor: __, ...own } = input;
      const offset = after === null ? {} : { offset: Number(after) };
      const request = { deviceId: device.deviceId, operation: name, input: { ...own, ...offset } };
      // Everybody who joins has been authorized for this device already; the answer is the same for all.
      const asked = coalesce(canonicalJson(request), () =>
        fleet.read(request).catch((error: unknown) => {
          throw saidOf(device.name, error);
        }),
      );
      const mostSeconds = operation.mostSeconds?.(input);
      const { output, observedAt, door } = await (mostSeconds === undefined
        ? asked
        : reportWaiting(asked, mostSeconds, report));
      const { nextOffset, ...shown } = output;
      return {
        output: { ...shown, deviceId: device.deviceId, deviceName: device.name, observedAt, source: 'live' as const },
        next: typeof nextOffset === 'number' ? String(nextOffset) : undefined,
        door,
      };
    },
    summarize: (output) => `${title} of ${String(output.deviceName)}, read live at ${String(output.observedAt)}.`,
  });
}

/** As the operation's, with cursors in place of offsets: a position somebody made up would show what was never asked for. */
function callerInput({ page, input }: ReadOperation): z.ZodObject {
  return page === undefined ? input : input.omit({ offset: true } as never).safeExtend({ cursor: Cursor });
}

function callerOutput({ page, output }: ReadOperation): z.ZodObject {
  return page === undefined
    ? output
    : output.omit({ nextOffset: true } as never).safeExtend({ nextCursor: NextCursor });
}

/** A deadline that passed says nothing of whose it was. */
function saidOf(deviceName: string, error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'TIMEOUT') return error;
  return new AppError('TIMEOUT', {
    message: `${deviceName} did not answer in time.`,
    hint: 'Call check_connectivity for the reason, or ask for less.',
    cause: error,
  });
}
