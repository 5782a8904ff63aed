import { ulid } from 'ulid';
import { z } from 'zod';
import type { ProbeReply } from '../../shared/contract/lane-messages.ts';
import { DeviceRegistration, type Device, type TlsTrust } from '../../shared/domain/device.ts';
import { CLOSED_BREAKER } from '../../shared/domain/breaker.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { Name } from '../../shared/operations/output-fields.ts';
import { seal } from '../../shared/platform/encryption/envelope.ts';
import type { Keyring } from '../../shared/platform/encryption/keyring.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { requireAdminOf } from './admin-scope.ts';
import { DeviceShape, RouterFact } from './device-shape.ts';
import { hostKeyToPin, sshToProbe } from './ssh-trust.ts';
import { currentIso, currentMs } from '../../shared/platform/process/platform-clock.ts';

/** What a router said when it was connected to. */
export const Found = z.object({
  identity: Name,
  model: RouterFact.nullable(),
  version: RouterFact,
  serialNumber: RouterFact.nullable(),
  fingerprint256: z.string().nullable().describe('SHA-256 of the certificate shown; null over plaintext'),
  sshHostKey: z.string().nullable().default(null).describe('Fingerprint of the SSH host key; null without sshPort'),
}) satisfies z.ZodType<ProbeReply>;

export interface RegisterDeviceDeps {
  devices: Pick<DeviceStore, 'find' | 'insert'>;
  fleet: Pick<FleetClient, 'probe'>;
  keyring: Keyring;
}

/**
 * Registers a router after connecting to it: what cannot be reached is not saved. Without `tls` the certificate shown now
 * is pinned from then on. Not for MCP: an administrator's act.
 */
export function registerDeviceAction({ devices, fleet, keyring }: RegisterDeviceDeps): Action {
  return defineAction({
    name: 'register_device',
    title: 'Register a device',
    description: 'Connects to a router with the given credentials, and registers it when that works.',
    toolset: 'fleet',
    isCore: false,
    rate: 'admin',
    phase: 0,
    roles: ['admin'],
    scopes: ['fleet:admin'],
    surfaces: ['http'],
    hints: { readOnly: false, destructive: false, idempotent: false },
    audited: true,
    input: DeviceRegistration,
    output: z.object({ device: DeviceShape, found: Found }),
    target: { on: 'nothing', findsDevices: true },
    async dispatch({ input, principal }) {
      requireAdminOf(principal, { ...input, deviceId: '' });
      const { username, password, sshPrivateKey, tls, sshHostKey, ...wish } = input;
      const named = await devices.find(wish.name);
      if (named !== null && named.status !== 'decommissioned') throw nameTaken(wish.name);
      const deviceId = `dev_${ulid(currentMs())}`;
      const sealedCredential = seal(keyring, JSON.stringify({ username, password, sshPrivateKey }), deviceId);
      const { host, restPort, sshPort } = wish;
      const ssh = sshToProbe(sshPort, { sshHostKey, sshPrivateKey });
      const found = await fleet.probe({ deviceId, host, restPort, tls: tls ?? null, ssh, sealedCredential });
      const now = currentIso();
      const { identity, model, version, serialNumber } = found;
      const device: Device = {
        ...wish,
        deviceId,
        status: 'healthy',
        tls: tls ?? pinOf(found),
        sshHostKey: ssh === null ? null : hostKeyToPin(found),
        identity,
        model,
        version,
        serialNumber,
        breaker: CLOSED_BREAKER,
        createdAt: now,
        updatedAt: now,
      };
      await devices.insert(device, sealedCredential);
      return { output: { device, found } };
    },
    summarize: ({ device, found }) =>
      `${device.name} is registered: ${found.identity}, ${found.model ?? 'unknown model'}, RouterOS ${found.version}.`,
  });
}

function pinOf({ fingerprint256 }: ProbeReply): TlsTrust {
  if (fingerprint256 !== null) return { mode: 'pinned', fingerprint256 };
  throw new AppError('DEVICE_TLS_MISMATCH', {
    message: 'The router showed no certificate that could be pinned.',
    hint: 'Switch on www-ssl at the router, or register it with tls {"mode":"plaintext"}.',
  });
}

function nameTaken(name: string): AppError {
  return new AppError('DEVICE_EXISTS', { message: `A device named "${name}" is already registered.` });
}
