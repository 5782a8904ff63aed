import { CancellationScope, log, setCurrentDetails, sleep } from '@temporalio/workflow';
import type {
  DeviceChangeInput,
  DeviceChangeResult,
  HealthBaseline,
  StepState,
} from '../shared/contract/device-messages.ts';
import { changesOf, undoOf, type Step } from '../shared/domain/change.ts';
import type { PlanDeviceStatus } from '../shared/domain/plan.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { ERROR_CODES, type ErrorCode } from '../shared/errors/codes.ts';
import { deviceReads, deviceWrites, errorBodyOf, fleet, onLane } from './activity-options.ts';

/**
 * Writes one device, alone: its workflow id is the device's lock. Inspects first, writes step by step, reads back over a
 * new connection, checks health, and takes back what it wrote when any of that fails. An unclear write is settled by
 * reading, never by writing again blindly.
 */
export async function deviceChangeWorkflow(input: DeviceChangeInput): Promise<DeviceChangeResult> {
  const result = await changeDevice(input);
  setCurrentDetails(`**${input.deviceName}**: ${result.outcome}${result.error ? ` (${result.error.message})` : ''}`);
  return result;
}

async function changeDevice(input: DeviceChangeInput): Promise<DeviceChangeResult> {
  const { deviceId } = input;
  let steps: Step[];
  let inspected: { states: StepState[]; baseline: HealthBaseline };
  try {
    steps = await stepsOf(input);
    if (steps.length === 0) return { outcome: 'unchanged', changes: [], error: null };
    inspected = await onLane(deviceId, () => deviceReads(deviceId).inspectSteps({ deviceId, steps }));
  } catch (error) {
    return { outcome: 'refused', changes: [], error: errorBodyOf(error, 'DEVICE_TIMEOUT') };
  }
  const foreign = inspected.states.find((state) => state.is === 'foreign');
  if (foreign) return { outcome: 'refused', changes: [], error: staleBody(foreign.found) };
  const toWrite = steps.filter((_, index) => inspected.states[index]?.is === 'before');
  if (toWrite.length === 0) return { outcome: 'unchanged', changes: [], error: null };
  return writeAndProve(input, steps, toWrite, inspected.baseline);
}

async function stepsOf({ deviceId, cause }: DeviceChangeInput): Promise<Step[]> {
  if (cause.by === 'operation') {
    const { operation, input } = cause;
    return onLane(deviceId, () => deviceReads(deviceId).prepareOperation({ deviceId, operation, input }));
  }
  const { steps } = await fleet.loadPlanSteps({ planId: cause.planId, deviceId, digest: cause.digest });
  return cause.direction === 'apply' ? steps : steps.map(undoOf).reverse();
}

async function writeAndProve(
  input: DeviceChangeInput,
  steps: Step[],
  toWrite: Step[],
  baseline: HealthBaseline,
): Promise<DeviceChangeResult> {
  const { deviceId } = input;
  const undo: Step[] = [];
  const changes = changesOf(toWrite);
  try {
    await report(input, 'applying');
    for (const [index, step] of toWrite.entries()) {
      // Registered before acting: a write whose reply is lost may have taken effect.
      undo.push(undoOf(step));
      await writeSettled(input, step, `${writeKey(input)}/${index}`);
    }
    await report(input, 'verifying');
    await verify(deviceId, steps);
    await onLane(deviceId, () => deviceReads(deviceId).checkHealth({ deviceId, baseline }));
    return { outcome: 'applied', changes, error: null };
  } catch (error) {
    const body = error instanceof StepRefused ? error.body : errorBodyOf(error, 'DEVICE_TIMEOUT');
    log.warn('device change failed; taking back what was written', { deviceId, code: body.code });
    return CancellationScope.nonCancellable(() => takeBack(input, undo.reverse(), changes, body));
  }
}

/** Ends only when the step is known to be in place; throws StepRefused when it is known not to be, or not knowable. */
async function writeSettled({ deviceId }: DeviceChangeInput, step: Step, key: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await onLane(deviceId, () => deviceWrites(deviceId).writeStep({ deviceId, step, key }));
      return;
    } catch (error) {
      const body = errorBodyOf(error, 'OUTCOME_UNKNOWN');
      if (body.code !== 'OUTCOME_UNKNOWN') throw new StepRefused(body);
      const [state] = await settle(deviceId, [step]);
      if (state?.is === 'after') return;
      if (state?.is === 'foreign') throw new StepRefused(staleBody(state.found));
      if (attempt >= WRITE_ATTEMPTS) throw new StepRefused(body);
    }
  }
}

/** A write proven not to have happened is repeated once; a router that swallows two is left alone. */
const WRITE_ATTEMPTS = 2;

/** Reads after an unclear write. A router may still be working on it, and aborted requests disturb the next ones. */
async function settle(deviceId: string, steps: Step[]): Promise<StepState[]> {
  await sleep('3s');
  const { states } = await onLane(deviceId, () =>
    deviceReads(deviceId, RECONCILE_ATTEMPTS).inspectSteps({ deviceId, steps }),
  );
  return states;
}

/** About five minutes of asking a router that rebooted or was cut off. */
const RECONCILE_ATTEMPTS = 35;

async function verify(deviceId: string, steps: Step[]): Promise<void> {
  const { states } = await onLane(deviceId, () => deviceReads(deviceId).inspectSteps({ deviceId, steps }));
  const missing = states.findIndex((state) => state.is !== 'after');
  if (missing === -1) return;
  throw new StepRefused(bodyOf('VERIFICATION_FAILED', `${steps[missing]?.menu} did not hold the written values`));
}

async function takeBack(
  input: DeviceChangeInput,
  undo: Step[],
  changes: DeviceChangeResult['changes'],
  error: ErrorBody,
): Promise<DeviceChangeResult> {
  const { deviceId } = input;
  try {
    const states = await settle(deviceId, undo);
    let written = 0;
    for (const [index, step] of undo.entries()) {
      const state = states[index];
      if (state?.is === 'foreign') throw new StepRefused(staleBody(state.found));
      if (state?.is !== 'before') continue;
      written += 1;
      await writeSettled(input, step, `${writeKey(input)}/undo/${index}`);
    }
    if (written === 0) return { outcome: 'refused', changes: [], error };
    await verify(deviceId, undo);
    return { outcome: 'reverted', changes: [], error };
  } catch (failure) {
    const left = failure instanceof StepRefused ? failure.body : errorBodyOf(failure, 'OUTCOME_UNKNOWN');
    const unreadable = UNREADABLE.has(left.code);
    return {
      outcome: unreadable ? 'unknown' : 'left_changed',
      changes,
      error: unreadable
        ? bodyOf('OUTCOME_UNKNOWN', `${error.message} Then it could not be read: ${left.message}`)
        : left,
    };
  }
}

/** Codes after which nothing is known of the device's state. */
const UNREADABLE = new Set<ErrorCode>([
  'OUTCOME_UNKNOWN',
  'DEVICE_UNREACHABLE',
  'DEVICE_TIMEOUT',
  'DEVICE_AUTH_FAILED',
  'DEVICE_TLS_MISMATCH',
  'DEVICE_REPLY_INVALID',
]);

class StepRefused extends Error {
  readonly body: ErrorBody;
  constructor(body: ErrorBody) {
    super(body.message);
    this.body = body;
  }
}

function bodyOf(code: ErrorCode, message: string): ErrorBody {
  return { code, message, retryable: ERROR_CODES[code].retryable };
}

function staleBody(found: Record<string, string | null>): ErrorBody {
  return {
    ...bodyOf(
      'PLAN_STALE',
      'The device holds values that neither this change nor its undo knows; nothing was written over them.',
    ),
    details: { found },
  };
}

/** Stable over attempts, so that one step of one change is one write. */
function writeKey({ deviceId, cause }: DeviceChangeInput): string {
  return cause.by === 'plan'
    ? `${cause.planId}/${cause.direction}/${deviceId}`
    : `${cause.correlationId}/${cause.operation}/${deviceId}`;
}

async function report({ deviceId, cause }: DeviceChangeInput, status: PlanDeviceStatus): Promise<void> {
  if (cause.by !== 'plan') return;
  const shown = cause.direction === 'undo' ? 'rolling_back' : status;
  await fleet.recordDevices([{ planId: cause.planId, deviceId, status: shown }]);
}
