import { CancellationScope, log, setCurrentDetails } from '@temporalio/workflow';
import type { LoginRotationInput, LoginRotationResult, PreparedLogin } from '../shared/contract/rotation-messages.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { errorBodyOf, failureOf, fleet, loginWork, onLane, promptLoginWork } from './activity-options.ts';

/**
 * Gives one device a new login that Convoy makes itself, under the device's lock: another user is made on the router, proven
 * over new connections, and only then stored in the place of the former one, which worked until that moment and is disabled
 * or removed last. So whenever this stops, the stored login works. What fails before the switch is taken back. The new
 * login stays sealed in the database; only the id of the rotation is in the history.
 */
export async function credentialRotationWorkflow(input: LoginRotationInput): Promise<LoginRotationResult> {
  // Cancelled half-way it would leave a user behind that nobody knows of.
  return CancellationScope.nonCancellable(async () => {
    const result = await rotate(input);
    await record(input, result);
    setCurrentDetails(`**${input.deviceName}**: ${result.outcome}${result.error ? ` (${result.error.message})` : ''}`);
    return result;
  });
}

async function rotate(input: LoginRotationInput): Promise<LoginRotationResult> {
  const { rotationId, deviceId, oldUser } = input;
  const own = { rotationId, deviceId };
  let prepared: PreparedLogin;
  try {
    // Clearing writes too; the lane may then be waited for, so it is asked again before the new user is made.
    await demandAdmission(deviceId);
    await onLane(deviceId, () => promptLoginWork(deviceId).clearLeftLogins(own));
    prepared = await onLane(deviceId, () => promptLoginWork(deviceId).prepareLogin({ ...own, oldUser }));
    await demandAdmission(deviceId);
  } catch (error) {
    await fleet.endRotation({ rotationId, state: 'taken_back' });
    return { outcome: 'refused', username: null, oldUser: null, error: errorBodyOf(error, 'DEVICE_TIMEOUT') };
  }
  try {
    await onLane(deviceId, () => loginWork(deviceId).createLogin(own));
    await onLane(deviceId, () => loginWork(deviceId).proveLogin(own));
    await fleet.switchLogin({ rotationId });
  } catch (error) {
    return takeBack(own, errorBodyOf(error, 'DEVICE_TIMEOUT'));
  }
  const doubt = await useNewLogin(own);
  if (doubt !== null && REFUSALS.has(doubt.code)) return putBack(own, doubt);
  const result = await retire(own, prepared, doubt);
  await fleet.endRotation({ rotationId, state: 'done' });
  return result;
}

/** Fails with the reason when nothing may be written to the device now. */
async function demandAdmission(deviceId: string): Promise<void> {
  const admission = await fleet.mayProceed({ stage: 'device', planId: null, deviceIds: [deviceId] });
  if (admission.answer !== 'proceed') throw failureOf(admission.reason);
}

/** What says that the router does not take the new login, rather than that it cannot be asked. */
const REFUSALS: ReadonlySet<ErrorBody['code']> = new Set(['DEVICE_AUTH_FAILED', 'DEVICE_PERMISSION_DENIED']);

type OfRotation = Pick<LoginRotationInput, 'rotationId' | 'deviceId'>;

/** Null: the lane works with the new login. */
async function useNewLogin(own: OfRotation): Promise<ErrorBody | null> {
  try {
    await onLane(own.deviceId, () => loginWork(own.deviceId).proveLane(own));
    return null;
  } catch (error) {
    return errorBodyOf(error, 'DEVICE_TIMEOUT');
  }
}

/** The former user loses its login last; where that fails it is kept, and the rotation is done all the same. */
async function retire(
  own: OfRotation,
  { username, previousUsername, fate }: PreparedLogin,
  doubt: ErrorBody | null,
): Promise<LoginRotationResult> {
  const ended = (became: Became, error: ErrorBody | null): LoginRotationResult => ({
    outcome: 'rotated',
    username,
    oldUser: { username: previousUsername, became },
    error,
  });
  if (fate === 'keep' || doubt !== null) return ended('kept', doubt);
  try {
    await onLane(own.deviceId, () => loginWork(own.deviceId).retireLogin({ ...own, fate }));
    return ended(fate === 'remove' ? 'removed' : 'disabled', null);
  } catch (error) {
    return ended('kept', errorBodyOf(error, 'DEVICE_TIMEOUT'));
  }
}

type Became = NonNullable<LoginRotationResult['oldUser']>['became'];

/** The new login was in use and the router refused it: the former one, which nobody has touched, is stored again. */
async function putBack(own: OfRotation, error: ErrorBody): Promise<LoginRotationResult> {
  try {
    await fleet.switchLoginBack({ rotationId: own.rotationId });
  } catch (conflict) {
    // Somebody gave the device a third login meanwhile.
    return takeBack(own, errorBodyOf(conflict, 'CONFLICT'));
  }
  return takeBack(own, error);
}

async function takeBack(own: OfRotation, error: ErrorBody): Promise<LoginRotationResult> {
  log.warn('login not rotated', { deviceId: own.deviceId, code: error.code });
  const { rotationId } = own;
  const ended = { username: null, oldUser: null } as const;
  try {
    await onLane(own.deviceId, () => loginWork(own.deviceId).removeLogin(own));
    await fleet.endRotation({ rotationId, state: 'taken_back' });
    return { ...ended, outcome: 'reverted', error };
  } catch (failure) {
    await fleet.endRotation({ rotationId, state: 'left' });
    const { message } = errorBodyOf(failure, 'OUTCOME_UNKNOWN');
    return {
      ...ended,
      outcome: 'unknown',
      error: { ...error, message: `${error.message} Taking it back failed: ${message}` },
    };
  }
}

const ROTATION = 'renew_device_credentials';
const AUDITED = { rotated: 'ok', refused: 'refused', reverted: 'failed', unknown: 'unknown' } as const;

/** Completes the record of the call that asked for it, as its front end does under the same key. */
async function record(
  { rotationId, deviceId, requestedBy, correlationId, callId }: LoginRotationInput,
  { outcome, username, oldUser, error }: LoginRotationResult,
): Promise<void> {
  const ofCall = {
    key: `call/${callId}/outcome`,
    action: ROTATION,
    operation: ROTATION,
    correlationId: correlationId.slice(0, -`/${callId}`.length),
  };
  const alone = { key: `rotation/${rotationId}`, action: 'device_login_rotated', correlationId };
  await fleet.audit({
    ...(callId === undefined ? alone : ofCall),
    actor: requestedBy,
    deviceId,
    outcome: AUDITED[outcome],
    code: error?.code,
    message: error?.message,
    details: { rotationId, outcome, username, oldUser },
  });
}
