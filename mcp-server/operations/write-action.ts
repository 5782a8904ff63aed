import { z } from 'zod';
import type { DeviceChangeResult } from '../../shared/contract/device-messages.ts';
import { Change } from '../../shared/domain/change.ts';
import type { CapabilityFlag, Device } from '../../shared/domain/device.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { isErrorCode } from '../../shared/errors/codes.ts';
import type { WriteOperation } from '../../shared/operations/define-operation.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { answerInTime } from '../call/answer-in-time.ts';
import { Comment, DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';

const WriteInput = {
  deviceId: DeviceRef,
  environment: ExpectedEnvironment,
  dryRun: z.boolean().default(false).describe('Only show what would change'),
  comment: Comment,
};

const WriteOutput = z.object({
  deviceId: z.string(),
  deviceName: z.string(),
  dryRun: z.boolean(),
  outcome: z
    .enum(['applied', 'unchanged', 'would_change'])
    .describe('applied: written and read back; unchanged: it was so already; would_change: dry run'),
  changes: z.array(Change),
});

/** The tool and route of a write to one device: carried out under the device's lock and proven by reading back. */
export function writeAction(operation: WriteOperation, fleet: Pick<FleetClient, 'change' | 'preview'>): Action {
  const { name, title, summary, toolset, isCore = false, phase, tier } = operation;
  return defineAction({
    name,
    title,
    description:
      `${summary} Writes to one device at once, reads the result back and undoes it when that fails; ` +
      `dryRun shows the changes without writing. For several devices, or where people must approve, use a plan_ tool.`,
    toolset,
    isCore,
    rate: 'write',
    phase,
    roles: TIERS[tier].roles,
    scopes: [TIERS[tier].scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: true, idempotent: true },
    audited: true,
    input: operation.input.safeExtend(WriteInput).strict(),
    output: WriteOutput,
    target: { on: 'device', flags: flagsOf(operation) },
    async dispatch({ input, target: { device }, principal, correlationId, callId }) {
      const { deviceId: _, environment: __, dryRun: wantsDryRun, comment: ___, ...own } = input;
      const dryRun = wantsDryRun === true;
      const shared = { deviceId: device.deviceId, deviceName: device.name, dryRun };
      if (dryRun) {
        const changes = await fleet.preview({ deviceId: device.deviceId, operation: name, input: own });
        const outcome = changes.length === 0 ? ('unchanged' as const) : ('would_change' as const);
        return { output: { ...shared, outcome, changes } };
      }
      const change = fleet.change({
        deviceId: device.deviceId,
        deviceName: device.name,
        cause: {
          by: 'operation',
          operation: name,
          input: own,
          requestedBy: principal.sub,
          // A correlation id may be the caller's and may repeat; a write's identity must not.
          correlationId: `${correlationId}/${callId}`,
        },
      });
      const result = await answerInTime(change, () => null);
      if (result === null) throw stillRunning(device);
      const outcome = provenOutcome(result, device);
      return { output: { ...shared, outcome, changes: result.changes }, door: 'workflow' };
    },
    summarize: ({ deviceName, outcome, changes }) => `${deviceName}: ${sayOutcome(outcome, changes)}`,
  });
}

function flagsOf({ tier, flag }: WriteOperation): CapabilityFlag[] {
  return flag === undefined ? [TIERS[tier].flag] : [TIERS[tier].flag, flag];
}

/** Turns every ending that is not a success into the refusal it is, with what is known of the device's state. */
function provenOutcome(result: DeviceChangeResult, device: Device): 'applied' | 'unchanged' {
  const { outcome, changes, error } = result;
  if (outcome === 'applied' || outcome === 'unchanged') return outcome;
  const code = outcome === 'unknown' ? 'OUTCOME_UNKNOWN' : isErrorCode(error?.code) ? error.code : 'DEVICE_ERROR';
  throw new AppError(code, {
    message: `${device.name}: ${STATE_AFTER[outcome]}${error === null ? '' : ` ${error.message}`}`,
    hint: error?.hint ?? (outcome === 'unknown' ? 'Read the device before trying again.' : undefined),
    details: { ...error?.details, deviceId: device.deviceId, outcome, changes },
  });
}

function stillRunning(device: Device): AppError {
  return new AppError('OUTCOME_UNKNOWN', {
    message: `${device.name}: the change is still being carried out, or taken back.`,
    hint: 'It goes on by itself. Read the device in a minute before trying again.',
    details: { deviceId: device.deviceId, outcome: 'unknown' },
  });
}

const STATE_AFTER = {
  refused: 'Nothing was written.',
  reverted: 'What was written has been taken back.',
  left_changed: 'The change was written, failed its checks and could not be taken back.',
  unknown: 'It is not known whether the change was written.',
} as const;

function sayOutcome(outcome: z.output<typeof WriteOutput>['outcome'], changes: readonly Change[]): string {
  if (outcome === 'unchanged') return 'it already is so; nothing was written.';
  const list = changes.map((change) => change.summary).join('; ');
  return outcome === 'applied' ? `applied and read back: ${list}.` : `would change: ${list}.`;
}
