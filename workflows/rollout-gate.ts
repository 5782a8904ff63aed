import { workflowInfo } from '@temporalio/workflow';
import type { ChangedDevice } from '../shared/contract/plan-messages.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { deviceReads, errorBodyOf, onLane } from './activity-options.ts';
import type { RolloutRun } from './rollout-run.ts';
import { bodyOf } from './step-write.ts';

/** A device that was changed and is in trouble since. */
export interface UnhealthyDevice {
  deviceId: string;
  error: ErrorBody;
}

/**
 * Looks again at devices that a wave changed, each against its own baseline from before the change. Those in trouble count
 * as failed and stay what they are: changed.
 */
export async function checkAgain(run: RolloutRun, changed: readonly ChangedDevice[]): Promise<UnhealthyDevice[]> {
  const { state, options } = run;
  const { planId } = run.input;
  const queue = [...changed];
  const unhealthy: UnhealthyDevice[] = [];
  const next = async (): Promise<void> => {
    for (let device = queue.shift(); device !== undefined; device = queue.shift()) {
      const error = await troubleOf(device);
      if (error) unhealthy.push({ deviceId: device.deviceId, error });
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.maxParallel, queue.length) }, next));
  if (unhealthy.length === 0) return [];
  state.applied -= unhealthy.length;
  state.failed += unhealthy.length;
  const { runId } = workflowInfo();
  await run.recorder.keep({
    audits: unhealthy.map(({ deviceId, error }) => ({
      key: `${planId}/health/${deviceId}/${runId}/${state.wave}`,
      action: 'device.health',
      actor: 'svc-worker',
      planId,
      deviceId,
      outcome: 'failed' as const,
      code: error.code,
      message: error.message,
    })),
    devices: unhealthy.map(({ deviceId, error }) => ({ planId, deviceId, status: 'unhealthy' as const, error })),
  });
  return unhealthy;
}

/** Null when it is healthy. One that cannot be asked is not: nobody could help it any more. */
async function troubleOf({ deviceId, baseline }: ChangedDevice): Promise<ErrorBody | null> {
  try {
    await onLane(deviceId, () => deviceReads(deviceId).checkHealth({ deviceId, baseline }));
    return null;
  } catch (error) {
    const body = errorBodyOf(error, 'DEVICE_TIMEOUT');
    if (body.code === 'HEALTH_CHECK_FAILED') return body;
    const message = `The device could not be checked again after the change: ${body.message}`;
    return { ...bodyOf('HEALTH_CHECK_FAILED', message), details: { ...body.details, cause: body.code } };
  }
}
