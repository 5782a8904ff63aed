import { log, sleep } from '@temporalio/workflow';
import type { DeviceActivities, StepState } from '../shared/contract/device-messages.ts';
import type { Step } from '../shared/domain/change.ts';
import type { ChangeGuard } from '../shared/domain/change-guard.ts';
import type { HealthBaseline } from '../shared/domain/health-troubles.ts';
import { provesNothingWritten, writeOutcome } from '../shared/domain/write-outcome.ts';
import type { LeftObject } from '../shared/domain/left-object.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { ERROR_CODES, type ErrorCode } from '../shared/errors/codes.ts';
import { HeldBack } from './held-back.ts';
import { deviceReads, deviceWrites, errorBodyOf, onLane, reconcilingReads } from './activity-options.ts';
import { ownSideWait } from './own-side-wait.ts';

/** How a step ended that is not in place. */
export class StepRefused extends Error {
  readonly body: ErrorBody;
  /** What is known of the device: `untouched` by this step, `unsettled` when it was not read since, or `unreadable`. */
  readonly device: 'untouched' | 'unsettled' | 'unreadable';
  constructor(body: ErrorBody, device: StepRefused['device']) {
    super(body.message);
    this.body = body;
    this.device = device;
  }
}

/** A write proven not to have happened is repeated once; a router that swallows two is left alone. */
const WRITE_ATTEMPTS = 2;

export interface StepWriteOptions {
  /** What the device waits with to take the step back. Default: nothing. */
  guard?: ChangeGuard | null;
  /** A guard that waits on the device for something else: one that refuses us is asked until that has fired. */
  settleUnder?: ChangeGuard | null;
  /** Asked before a write that never left is put up again; ends it by failing. */
  beforeAgain?: () => Promise<void>;
  /** Somebody waits for the answer: what our own side lacks is said at once, and not waited for. Default false. */
  isPrompt?: boolean;
}

/**
 * Ends only when the step is known to be in place; throws StepRefused when it is known not to be, or not
 * knowable. Under a guard nothing is written twice: the guard may have fired meanwhile, and then nothing would undo it.
 */
export async function writeSettled(deviceId: string, step: Step, options: StepWriteOptions = {}): Promise<void> {
  const { guard = null, settleUnder = guard, beforeAgain, isPrompt = false } = options;
  const wait = ownSideWait();
  for (let attempt = 1; ; attempt++) {
    try {
      await onLane(
        deviceId,
        () => deviceWrites(deviceId).writeStep({ deviceId, step, ...(guard ? { guard: guard.transaction } : {}) }),
        beforeAgain,
      );
      return;
    } catch (error) {
      if (error instanceof HeldBack) throw error;
      const body = errorBodyOf(error, 'OUTCOME_UNKNOWN');
      if (!isPrompt && (await wait.passes(body.code))) {
        await beforeAgain?.();
        attempt -= 1;
        continue;
      }
      const isSettled = body.details?.['outcome'] === 'not_applied';
      if (isSettled && isPassing(body) && attempt < WRITE_ATTEMPTS) continue;
      if (body.code !== 'OUTCOME_UNKNOWN') {
        throw new StepRefused(body, isSettled || provesNothingWritten(body.code) ? 'untouched' : 'unsettled');
      }
    }
    const [state] = (await settle(deviceId, [step], { guard: settleUnder })).states;
    // Ours in part, or in a form we do not know, or somebody else's: that nothing was written cannot be said.
    if (state?.is === 'foreign') {
      throw new StepRefused({ ...bodyOf('OUTCOME_UNKNOWN', UNCLEAR), details: { found: state.found } }, 'unsettled');
    }
    if (state && writeOutcome('OUTCOME_UNKNOWN', state.is) === 'applied') return;
    if (guard) throw new StepRefused(bodyOf('DEVICE_ERROR', SWALLOWED), 'unsettled');
    if (attempt >= WRITE_ATTEMPTS) {
      throw new StepRefused(bodyOf('DEVICE_ERROR', SWALLOWED), 'untouched');
    }
  }
}

const SWALLOWED = 'The device did not confirm the write, and reading it shows that the write did not take effect.';

const UNCLEAR = 'The device did not confirm a write, and reading it shows neither what was there nor what was wanted.';

/** The router may take the same write the next time: it was cut off, or failed on itself. */
function isPassing({ retryable, details }: ErrorBody): boolean {
  return retryable || Number(details?.['httpStatus']) >= 500;
}

/**
 * Reads after an unclear write. A router may still be working on it, and aborted requests disturb the next ones. A device
 * that refuses us under a guard, because the change took our login or its certificate away, is asked until the guard has
 * fired.
 */
export async function settle(
  deviceId: string,
  steps: Step[],
  { guard = null, ...asked }: Asked & { guard?: ChangeGuard | null } = {},
): Promise<Seen> {
  await sleep('3s', { summary: 'let the device finish what it may still work on' });
  for (let pauses = 0; ; pauses++) {
    try {
      return await onLane(deviceId, () => lookAt(reconcilingReads(deviceId, guard?.minutes), deviceId, steps, asked));
    } catch (error) {
      const { code, message, retryable } = errorBodyOf(error, 'DEVICE_TIMEOUT');
      if (guard && !retryable && pauses < pausesOf(guard)) {
        log.warn('device refuses us, its guard is waited for', { deviceId, code });
        await sleep(GUARD_PAUSE_MS, { summary: 'wait for the guard on the device' });
        continue;
      }
      throw new StepRefused(
        bodyOf('OUTCOME_UNKNOWN', `A write was sent, and afterwards the device could not be read: ${message}`),
        'unreadable',
      );
    }
  }
}

/** How often a device is asked whether its guard has fired. */
export const GUARD_PAUSE_MS = 20_000;

/** How many such pauses a guard waits, with a minute to spare for what it does and for the router's clock. */
export function pausesOf({ minutes }: ChangeGuard): number {
  return ((minutes + 1) * 60_000) / GUARD_PAUSE_MS;
}

/** What of the steps is to be told besides where each stands. */
interface Asked {
  /** The steps take a plan back. */
  undoes?: true;
  /** Also when nobody else changed anything. */
  tellLeft?: true;
}

interface Seen {
  states: StepState[];
  /** What is not as it was before the plan, when that was asked for or somebody else changed something. */
  left: LeftObject[];
}

/** Reads where the steps stand. */
export async function lookAt(
  reads: Pick<DeviceActivities, 'inspectSteps'>,
  deviceId: string,
  steps: Step[],
  asked: Asked,
): Promise<Seen> {
  const { states, left = [] } = await reads.inspectSteps({ deviceId, steps, ...asked });
  return { states, left };
}

/**
 * Reads back over a new connection; throws StepRefused when a value is missing. With the health before the change it fails
 * with HEALTH_CHECK_FAILED when that has become worse.
 */
export async function verify(deviceId: string, steps: Step[], since?: HealthBaseline): Promise<void> {
  const asked = { deviceId, steps, ...(since ? { since } : {}) };
  const { states } = await onLane(deviceId, () => deviceReads(deviceId).inspectSteps(asked));
  const missing = states.findIndex((state) => state.is !== 'after');
  if (missing === -1) return;
  throw new StepRefused(
    bodyOf('VERIFICATION_FAILED', `${steps[missing]?.menu} did not hold the written values.`),
    'unsettled',
  );
}

export function bodyOf(code: ErrorCode, message: string = ERROR_CODES[code].public): ErrorBody {
  return { code, message, retryable: ERROR_CODES[code].retryable };
}
