import { z } from 'zod';
import type { DeviceChangeResult } from '../../shared/contract/device-messages.ts';
import type { Change } from '../../shared/domain/change.ts';
import type { CapabilityFlag, Device } from '../../shared/domain/device.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { isErrorCode } from '../../shared/errors/codes.ts';
import {
  changeOfCommand,
  type CommandOperation,
  type Restrictions,
  type WriteOperation,
} from '../../shared/operations/define-operation.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Comment, DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';
import { ShownChange } from '../call/shown-change.ts';

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
    .describe('applied: written and read back, or run; unchanged: it was so already; would_change: dry run'),
  changes: z.array(ShownChange),
});

/**
 * The tool and route of a write to one device: carried out under the device's lock and proven by reading back. A command
 * shows nothing that could be read back.
 */
export function writeAction(
  operation: WriteOperation | CommandOperation,
  fleet: Pick<FleetClient, 'change' | 'preview'>,
  restrictions: Restrictions,
): Action {
  const { name, title, summary, toolset, isCore = false, phase, tier } = operation;
  return defineAction({
    name,
    title,
    description: `${summary} ${operation.effect === 'write' ? HOW_WRITES_GO : HOW_COMMANDS_GO}`,
    toolset,
    isCore,
    rate: 'write',
    phase,
    roles: TIERS[tier].roles,
    scopes: [TIERS[tier].scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: true, idempotent: true },
    audited: true,
    task: 'work',
    input: operation.input.safeExtend(WriteInput).strict(),
    output: WriteOutput,
    target: { on: 'device', flags: flagsOf(operation) },
    async dispatch({ input, target: { device }, principal, correlationId, callId }) {
      const { deviceId: _, environment: __, dryRun: wantsDryRun, comment: ___, ...own } = input;
      const dryRun = wantsDryRun === true;
      const shared = { deviceId: device.deviceId, deviceName: device.name, dryRun };
      refuseRestricted(operation, own, restrictions);
      if (dryRun) {
        const changes =
          operation.effect === 'command'
            ? [changeOfCommand(operation)]
            : await fleet.preview({ deviceId: device.deviceId, operation: name, input: own });
        const outcome = changes.length === 0 ? ('unchanged' as const) : ('would_change' as const);
        return { output: { ...shared, outcome, changes } };
      }
      const result = await fleet.change({
        deviceId: device.deviceId,
        deviceName: device.name,
        cause: {
          by: 'operation',
          operation: name,
          ...(operation.effect === 'command' ? { isCommand: true as const } : {}),
          input: own,
          requestedBy: principal.sub,
          // A correlation id may be the caller's and may repeat; a write's identity must not.
          correlationId: `${correlationId}/${callId}`,
          callId,
        },
      });
      const outcome = provenOutcome(result, device);
      return { output: { ...shared, outcome, changes: result.changes }, door: 'workflow' };
    },
    summarize: ({ deviceName, outcome, changes }) => `${deviceName}: ${sayOutcome(outcome, changes)}`,
  });
}

const HOW_WRITES_GO =
  'Writes to one device now, reads the result back and undoes what fails; dryRun only shows the changes. ' +
  'For several devices, or where people must approve, use a plan_ tool.';
const HOW_COMMANDS_GO = 'Acts on one device now; dryRun only shows what would be run.';

function refuseRestricted(
  operation: WriteOperation | CommandOperation,
  input: Record<string, unknown>,
  restrictions: Restrictions,
): void {
  const reason = operation.effect === 'write' ? (operation.restrict?.(input, restrictions) ?? null) : null;
  if (reason === null) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: reason,
    hint: 'This deployment leaves everything else to people and plans.',
  });
}

function flagsOf({ tier, flag }: Pick<WriteOperation, 'tier' | 'flag'>): CapabilityFlag[] {
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
