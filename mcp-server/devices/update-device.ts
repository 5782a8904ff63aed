import { z } from 'zod';
import {
  CAPABILITY_FLAGS,
  DeviceTag,
  SshHostKey,
  type CapabilityFlag,
  type Device,
} from '../../shared/domain/device.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { deviceTag } from '../../shared/platform/persistence/device-tag.ts';
import type { CredentialStore } from '../../shared/platform/persistence/stores/credential-store.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef } from '../call/input-fields.ts';
import { requireAdminOf } from './admin-scope.ts';
import { DeviceShape } from './device-shape.ts';
import { hostKeyToPin, sshToProbe } from './ssh-trust.ts';

const Flags = z.strictObject(
  Object.fromEntries(CAPABILITY_FLAGS.map((flag) => [flag, z.boolean().optional()])) as Record<
    CapabilityFlag,
    z.ZodOptional<z.ZodBoolean>
  >,
);

const UpdateDeviceInput = z.strictObject({
  deviceId: DeviceRef,
  flags: Flags.optional().describe('Flags to set; the others stay'),
  tags: z.array(DeviceTag).max(32).optional().describe('All tags; replaces the present ones'),
  lane: z
    .strictObject({
      maxInFlight: z.int().min(1).max(3).optional(),
      requestsPerSecond: z.number().min(0.5).max(50).optional(),
    })
    .optional()
    .describe('Limits in front of the router to set; the others stay'),
  sshPort: z
    .int()
    .min(1)
    .max(65535)
    .nullable()
    .optional()
    .describe('Port of its SSH service, which is connected to before it is saved; null: no longer over SSH'),
  sshHostKey: SshHostKey.optional().describe('The host key it must show; left out, the one shown now is pinned'),
});

export interface UpdateDeviceDeps {
  devices: Pick<DeviceStore, 'edit'>;
  credentials: Pick<CredentialStore, 'get'>;
  fleet: Pick<FleetClient, 'probe'>;
}

/** Changes what an administrator may change of a registered router; the environment is fixed at registration. */
export function updateDeviceAction(deps: UpdateDeviceDeps): Action {
  const { devices } = deps;
  return defineAction({
    name: 'update_device',
    title: 'Update a device',
    description:
      "Sets a registered router's capability flags, tags, limits and SSH port. A port is connected to first, and the host " +
      'key it shows is pinned; to trust a new key, give the port again.',
    toolset: 'fleet',
    isCore: false,
    rate: 'admin',
    phase: 0,
    roles: ['admin'],
    scopes: ['fleet:admin'],
    surfaces: ['http'],
    hints: { readOnly: false, destructive: false, idempotent: true },
    audited: true,
    input: UpdateDeviceInput,
    output: DeviceShape,
    target: { on: 'device', flags: [] },
    isVersioned: true,
    async dispatch({ input: { flags, tags, lane, sshPort, sshHostKey }, target, principal, precondition }) {
      if ([flags, tags, lane, sshPort, sshHostKey].every((given) => given === undefined)) {
        throw new AppError('VALIDATION_ERROR', { message: 'Nothing to change: give flags, tags, lane or sshPort.' });
      }
      if (tags !== undefined) requireAdminOf(principal, { ...target.device, tags });
      // First, because it may fail: then nothing else is changed either.
      const ssh = sshPort === undefined ? undefined : await provenSsh(deps, target.device, sshPort, sshHostKey);
      if (ssh === undefined) sshToProbe(null, { sshHostKey });
      const device = await devices.edit(target.device.deviceId, { flags, tags, lane, ssh }, precondition);
      return { output: device, tag: deviceTag(device) };
    },
    summarize: ({ name }) => `${name} is updated.`,
  });
}

/** The port and the host key found there; null when the device is to be left alone over SSH. */
async function provenSsh(
  { credentials, fleet }: UpdateDeviceDeps,
  { deviceId, host, restPort, tls }: Device,
  sshPort: number | null,
  sshHostKey: string | undefined,
): Promise<{ port: number; hostKey: string } | null> {
  const ssh = sshToProbe(sshPort, { sshHostKey });
  if (ssh === null) return null;
  const sealedCredential = await credentials.get(deviceId);
  if (sealedCredential === null) throw new AppError('DEVICE_NOT_FOUND');
  const found = await fleet.probe({ deviceId, host, restPort, tls, ssh, sealedCredential });
  return { port: ssh.port, hostKey: hostKeyToPin(found) };
}
