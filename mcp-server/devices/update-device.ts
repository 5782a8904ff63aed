import { z } from 'zod';
import {
  CAPABILITY_FLAGS,
  DeviceTag,
  Fingerprint256,
  SshHostKey,
  type CapabilityFlag,
  type Device,
  type TlsTrust,
} from '../../shared/domain/device.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { deviceTag } from '../../shared/platform/persistence/device-tag.ts';
import type { CredentialStore } from '../../shared/platform/persistence/stores/credential-store.ts';
import type { DeviceEdit, DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
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
  fingerprint256: Fingerprint256.optional().describe(
    'SHA-256 of the certificate to trust from now on, as one compared it at the router. Connected to before it is saved',
  ),
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
      "Sets a registered router's capability flags, tags, limits, trusted certificate and SSH port. What is to be trusted is " +
      'connected to first. A port pins the host key it shows; to trust a new key, give the port again.',
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
    async dispatch({ input, target, principal, precondition }) {
      const { deviceId: _, ...wished } = input;
      if (Object.values(wished).every((given) => given === undefined)) {
        throw new AppError('VALIDATION_ERROR', {
          message: 'Nothing to change: give flags, tags, lane, fingerprint256 or sshPort.',
        });
      }
      const { flags, tags, lane, sshPort, sshHostKey } = input;
      if (tags !== undefined) requireAdminOf(principal, { ...target.device, tags });
      if (sshPort === undefined) sshToProbe(null, { sshHostKey });
      // First, because it may fail: then nothing else is changed either.
      const trust = await provenTrust(deps, target.device, input);
      const device = await devices.edit(target.device.deviceId, { flags, tags, lane, ...trust }, precondition);
      return { output: device, tag: deviceTag(device) };
    },
    summarize: ({ name }) => `${name} is updated.`,
  });
}

/** What is to be trusted from now on, found at the router itself with the login that is stored; what is not asked for is absent. */
async function provenTrust(
  { credentials, fleet }: UpdateDeviceDeps,
  device: Device,
  { sshPort, sshHostKey, fingerprint256 }: z.infer<typeof UpdateDeviceInput>,
): Promise<Pick<DeviceEdit, 'tls' | 'ssh'>> {
  const ssh = sshPort === undefined ? undefined : sshToProbe(sshPort, { sshHostKey });
  const tls: TlsTrust | undefined = fingerprint256 === undefined ? undefined : { mode: 'pinned', fingerprint256 };
  // To leave the device alone over SSH nothing needs to be asked.
  if (!ssh && tls === undefined) return { ssh };
  const { deviceId, host, restPort } = device;
  const sealedCredential = await credentials.get(deviceId);
  if (sealedCredential === null) throw new AppError('DEVICE_NOT_FOUND');
  const found = await fleet.probe({
    deviceId,
    host,
    restPort,
    tls: tls ?? device.tls,
    ssh: ssh ?? null,
    sealedCredential,
  });
  return { tls, ssh: ssh ? { port: ssh.port, hostKey: hostKeyToPin(found) } : ssh };
}
