import { ulid } from 'ulid';
import { z } from 'zod';
import { OLD_USER_FATES, type LoginRotationResult } from '../../shared/contract/rotation-messages.ts';
import type { Device } from '../../shared/domain/device.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { isErrorCode } from '../../shared/errors/codes.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef } from '../call/input-fields.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

const OldUser = z.object({
  username: z.string(),
  became: z.enum(['disabled', 'removed', 'kept']),
});

/**
 * Has Convoy make a new login for a registered router and go over to it: a workflow under the device's lock, which goes on
 * when whoever asked is gone. The password is made by the worker and is seen by nobody.
 */
export function renewCredentialsAction({ fleet }: { fleet: Pick<FleetClient, 'rotateLogin'> }): Action {
  return defineAction({
    name: 'renew_device_credentials',
    title: 'Renew device credentials',
    description:
      'Gives a registered router a new login that Convoy makes itself: it adds a user like the present one, proves it over ' +
      'new connections, stores it, then disables or removes the former one. What fails is taken back; the stored login ' +
      'works at any time. Its group needs the policies to manage users.',
    toolset: 'fleet',
    isCore: false,
    rate: 'admin',
    phase: 1,
    roles: ['admin'],
    scopes: ['fleet:admin'],
    surfaces: ['http'],
    hints: { readOnly: false, destructive: true, idempotent: false },
    audited: true,
    input: z.strictObject({
      deviceId: DeviceRef,
      oldUser: z
        .enum(OLD_USER_FATES)
        .optional()
        .describe(
          "What becomes of the router's present user; left out: one that Convoy made is removed, any other disabled",
        ),
    }),
    output: z.object({
      deviceId: z.string(),
      deviceName: z.string(),
      username: z.string().describe("Convoy's user on the router from now on"),
      oldUser: OldUser,
      note: z.string().nullable().describe('What of the rest is not done, and why'),
    }),
    target: { on: 'device', flags: [] },
    async dispatch({ input, target: { device }, principal, correlationId, callId }) {
      const result = await fleet.rotateLogin({
        rotationId: `rot_${ulid(currentMs())}`,
        deviceId: device.deviceId,
        deviceName: device.name,
        oldUser: input.oldUser ?? null,
        requestedBy: principal.sub,
        correlationId: `${correlationId}/${callId}`,
        callId,
      });
      const { username, oldUser, error } = rotated(result, device);
      const shared = { deviceId: device.deviceId, deviceName: device.name };
      return { output: { ...shared, username, oldUser, note: error?.message ?? null }, door: 'workflow' };
    },
    summarize: ({ deviceName, username, oldUser, note }) =>
      `${deviceName}: Convoy logs in as ${username} from now on; ${oldUser.username} was ${oldUser.became}.` +
      (note === null ? '' : ` ${note}`),
  });
}

type Rotated = LoginRotationResult & Record<'username', string> & { oldUser: z.output<typeof OldUser> };

/** Turns every ending that is not a success into the refusal it is. */
function rotated(result: LoginRotationResult, device: Device): Rotated {
  const { outcome, username, oldUser, error } = result;
  if (outcome === 'rotated' && username !== null && oldUser !== null) return { ...result, username, oldUser };
  const code = isErrorCode(error?.code) ? error.code : 'DEVICE_ERROR';
  throw new AppError(code, {
    message: `${device.name}: ${STATE_AFTER[outcome]}${error === null ? '' : ` ${error.message}`}`,
    hint: error?.hint,
    details: { ...error?.details, deviceId: device.deviceId, outcome },
  });
}

const STATE_AFTER: Record<LoginRotationResult['outcome'], string> = {
  rotated: 'The login was rotated.',
  refused: 'Nothing was written, and the login is as it was.',
  reverted: 'The new user was taken back, and the login is as it was.',
  unknown: 'The login is as it was; a new user may still be on the router, and the next rotation removes it.',
};
