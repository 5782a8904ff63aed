import { z } from 'zod';
import { DeviceRegistration, type Device } from '../../shared/domain/device.ts';
import type { ProbeReply } from '../../shared/contract/lane-messages.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { seal } from '../../shared/platform/encryption/envelope.ts';
import type { Keyring } from '../../shared/platform/encryption/keyring.ts';
import { deviceTag } from '../../shared/platform/persistence/device-tag.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef } from '../call/input-fields.ts';
import { DeviceShape } from './device-shape.ts';
import { Found } from './register-device.ts';
import { factsOf, sshOf, sshToProbe } from './ssh-trust.ts';

export interface RotateCredentialsDeps {
  devices: Pick<DeviceStore, 'replaceCredential'>;
  fleet: Pick<FleetClient, 'probe'>;
  keyring: Keyring;
}

const { username, password, sshPrivateKey } = DeviceRegistration.shape;

/**
 * Replaces the login of a registered router by one that has just been proven. The new one leaves this process sealed only;
 * a lane that is open goes over to it within ten seconds.
 */
export function rotateCredentialsAction({ devices, fleet, keyring }: RotateCredentialsDeps): Action {
  return defineAction({
    name: 'rotate_device_credentials',
    title: 'Rotate device credentials',
    description:
      'Replaces the login of a registered router. It is tried over new connections first; when the router refuses it, ' +
      'nothing changes. The user must exist on the router already; Convoy does not make it.',
    toolset: 'fleet',
    isCore: false,
    rate: 'admin',
    phase: 0,
    roles: ['admin'],
    scopes: ['fleet:admin'],
    surfaces: ['http'],
    hints: { readOnly: false, destructive: true, idempotent: true },
    audited: true,
    input: z.strictObject({ deviceId: DeviceRef, username, password, sshPrivateKey }),
    output: z.object({ device: DeviceShape, found: Found }),
    target: { on: 'device', flags: [] },
    isVersioned: true,
    async dispatch({ input, target, precondition }) {
      const { deviceId: _, ...login } = input;
      const { deviceId } = target.device;
      sshToProbe(target.device.sshPort, { sshPrivateKey: login.sshPrivateKey });
      const sealed = seal(keyring, JSON.stringify(login), deviceId);
      const found = await prove(fleet, target.device, sealed);
      const device = await devices.replaceCredential(deviceId, { sealed, facts: factsOf(found) }, precondition);
      return { output: { device, found }, tag: deviceTag(device) };
    },
    summarize: ({ device }) => `${device.name} has new credentials.`,
  });
}

async function prove(fleet: Pick<FleetClient, 'probe'>, device: Device, sealedCredential: string): Promise<ProbeReply> {
  const { deviceId, host, restPort, tls, name } = device;
  try {
    return await fleet.probe({ deviceId, host, restPort, tls, ssh: sshOf(device), sealedCredential });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DEVICE_AUTH_FAILED') throw error;
    throw new AppError('DEVICE_AUTH_FAILED', {
      message: `${name} refused the new credentials; the stored ones are kept.`,
      details: { deviceId },
      cause: error,
    });
  }
}
