import { log, sleep } from '@temporalio/workflow';
import type { ChangeCause, DeviceChangeInput, DeviceChangeResult } from '../shared/contract/device-messages.ts';
import type { Change } from '../shared/domain/change.ts';
import type { HealthBaseline } from '../shared/domain/health-troubles.ts';
import { askedAgain, heldBack } from './admission.ts';
import { HeldBack } from './held-back.ts';
import { deviceReads, deviceWrites, errorBodyOf, onLane, promptReads } from './activity-options.ts';

type Command = Extract<ChangeCause, { by: 'operation' }>;

/** A command whose reply was lost is run once more; a router that loses two is left alone. */
const ATTEMPTS = 2;

/**
 * Runs a command that changes nothing a row shows, under the same lock as every write. There is nothing to read back:
 * what proves it is the router's reply. When that is lost it is run again, because twice is the same as once.
 */
export async function runCommand(
  change: DeviceChangeInput,
  { operation, input }: Command,
): Promise<DeviceChangeResult> {
  const { deviceId } = change;
  let baseline: HealthBaseline;
  try {
    const inspected = await onLane(deviceId, () =>
      promptReads(deviceId).inspectSteps({ deviceId, steps: [], beforeChange: true }),
    );
    baseline = inspected.baseline;
  } catch (error) {
    return { outcome: 'refused', changes: [], error: errorBodyOf(error, 'DEVICE_TIMEOUT') };
  }
  const held = await heldBack(change);
  if (held) return held;
  const ran = await runSettled(change, operation, input);
  if ('outcome' in ran) return ran;
  try {
    await onLane(deviceId, () => deviceReads(deviceId).checkHealth({ deviceId, baseline }));
    return { outcome: 'applied', changes: [ran], error: null };
  } catch (error) {
    return { outcome: 'left_changed', changes: [ran], error: errorBodyOf(error, 'DEVICE_TIMEOUT') };
  }
}

async function runSettled(
  change: DeviceChangeInput,
  operation: string,
  input: Record<string, unknown>,
): Promise<Change | DeviceChangeResult> {
  const { deviceId } = change;
  for (let attempt = 1; ; attempt++) {
    try {
      const run = () => deviceWrites(deviceId).runOperation({ deviceId, operation, input });
      return await onLane(deviceId, run, attempt === 1 ? askedAgain(change) : undefined);
    } catch (error) {
      if (error instanceof HeldBack) return error.result;
      const body = errorBodyOf(error, 'OUTCOME_UNKNOWN');
      if (body.code !== 'OUTCOME_UNKNOWN') return { outcome: 'refused', changes: [], error: body };
      if (attempt >= ATTEMPTS) return { outcome: 'unknown', changes: [], error: body };
      log.warn('command not confirmed, it is run again', { deviceId, operation });
      // Aborted requests disturb the next ones.
      await sleep('3s', { summary: 'let the device finish what it may still work on' });
    }
  }
}
