import { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import { deviceTag } from '../../shared/platform/persistence/device-tag.ts';
import type { CredentialStore } from '../../shared/platform/persistence/stores/credential-store.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef } from '../call/input-fields.ts';
import { DeviceShape } from './device-shape.ts';
import { Found } from './register-device.ts';
import { factsOf, sshOf } from './ssh-trust.ts';

export interface TestDeviceDeps {
  devices: Pick<DeviceStore, 'recordFacts'>;
  credentials: Pick<CredentialStore, 'get'>;
  fleet: Pick<FleetClient, 'probe'>;
}

/** Connects to a registered router past its lane, so that also one whose breaker is open is asked. */
export function testDeviceAction({ devices, credentials, fleet }: TestDeviceDeps): Action {
  return defineAction({
    name: 'test_device',
    title: 'Test a device',
    description:
      'Connects to a registered router now, over new connections and with the stored credential, and records the identity, ' +
      'model and version it tells. Fails with the reason when that does not work.',
    toolset: 'fleet',
    isCore: false,
    rate: 'admin',
    phase: 0,
    roles: ['admin'],
    scopes: ['fleet:admin'],
    surfaces: ['http'],
    hints: { readOnly: false, destructive: false, idempotent: true },
    audited: true,
    input: z.strictObject({ deviceId: DeviceRef }),
    output: z.object({ device: DeviceShape, found: Found }),
    target: { on: 'device', flags: [] },
    isVersioned: true,
    async dispatch({ target, precondition }) {
      const { deviceId, host, restPort, tls } = target.device;
      const sealedCredential = await credentials.get(deviceId);
      if (sealedCredential === null) throw new AppError('DEVICE_DECOMMISSIONED');
      const ssh = sshOf(target.device);
      const found = await fleet.probe({ deviceId, host, restPort, tls, ssh, sealedCredential });
      const device = await devices.recordFacts(deviceId, factsOf(found), precondition);
      return { output: { device, found }, tag: deviceTag(device) };
    },
    summarize: ({ device, found }) => `${device.name} answers: RouterOS ${found.version}.`,
  });
}
