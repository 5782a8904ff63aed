import type { ErrorBody } from '../errors/app-error.ts';

/** What becomes of the user that Convoy logged in as before. */
export const OLD_USER_FATES = ['disable', 'remove', 'keep'] as const;
export type OldUserFate = (typeof OLD_USER_FATES)[number];

/** A wish for a new login of one device, which Convoy makes itself. No secret travels: the new login stays in the database. */
export interface LoginRotationInput {
  rotationId: string;
  deviceId: string;
  /** For people: shown in the workflow's summary. */
  deviceName: string;
  /** Null: disable a user that a person made, remove one that an earlier rotation made. */
  oldUser: OldUserFate | null;
  /** Subject of the person. */
  requestedBy: string;
  correlationId: string;
  /** The call whose audit record the workflow completes; inputs from before it did so have none. */
  callId?: string;
}

/**
 * How a rotation ended. `rotated`: the device's login is the new one, proven over a new connection and through the lane.
 * `refused`: nothing was written. `reverted`: the new user was taken back. `unknown`: the former login is kept and works as
 * before, and the new user may still be on the router; the next rotation removes it.
 */
export interface LoginRotationResult {
  outcome: 'rotated' | 'refused' | 'reverted' | 'unknown';
  /** Who Convoy logs in as; null when that is who it was before. */
  username: string | null;
  oldUser: { username: string; became: 'disabled' | 'removed' | 'kept' } | null;
  /** Of `rotated`: why something that was wanted as well is not done. */
  error: ErrorBody | null;
}

export interface PreparedLogin {
  username: string;
  previousUsername: string;
  /** What becomes of the former user. */
  fate: OldUserFate;
}

type OfRotation = { rotationId: string; deviceId: string };

/** Activities of a rotation on the device's own queue. Each looks before it writes, so that repeating it is safe. */
export interface RotationActivities {
  /** Removes users that earlier rotations left on the router. */
  clearLeftLogins(request: OfRotation): Promise<void>;
  /**
   * Makes sure that the router can be given a new login, and keeps one sealed before anything is written. Fails with
   * DEVICE_BUSY, DEVICE_PERMISSION_DENIED, DEVICE_ENTRY_MISSING or UNSAFE_OPERATION.
   */
  prepareLogin(request: OfRotation & { oldUser: OldUserFate | null }): Promise<PreparedLogin>;
  /** Makes the user, in the group and with the address restrictions of the former one, and its SSH key. */
  createLogin(request: OfRotation): Promise<void>;
  /** Logs in with it over new connections, REST and SSH; fails with DEVICE_AUTH_FAILED. */
  proveLogin(request: OfRotation): Promise<void>;
  /** Reads through the lane once it has gone over to the new login. */
  proveLane(request: OfRotation): Promise<void>;
  /** Disables or removes the former user, never the one of the lane. */
  retireLogin(request: OfRotation & { fate: 'disable' | 'remove' }): Promise<void>;
  /** Removes the new user again, with the former login. */
  removeLogin(request: OfRotation): Promise<void>;
}

/** Activities of a rotation on the shared queue. */
export interface RotationRecords {
  /** The new login becomes the device's; fails with CONFLICT when it was given another one meanwhile. */
  switchLogin(request: { rotationId: string }): Promise<void>;
  switchLoginBack(request: { rotationId: string }): Promise<void>;
  /** Forgets the secrets. `left`: the new user may still be on the router. */
  endRotation(request: { rotationId: string; state: 'done' | 'taken_back' | 'left' }): Promise<void>;
}
