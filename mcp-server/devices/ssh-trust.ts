import type { ProbeReply, ProbeRequest } from '../../shared/contract/lane-messages.ts';
import type { Device } from '../../shared/domain/device.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { DeviceFacts } from '../../shared/platform/persistence/stores/device-store.ts';

/** The SSH service of a registered device, with the host key it is trusted by. */
export function sshOf({ sshPort, sshHostKey }: Pick<Device, 'sshPort' | 'sshHostKey'>): ProbeRequest['ssh'] {
  return sshPort === null ? null : { port: sshPort, hostKey: sshHostKey };
}

/** What a router that answers says about itself, as it is recorded. */
export function factsOf({ identity, model, version, serialNumber }: ProbeReply): DeviceFacts {
  return { status: 'healthy', identity, model, version, serialNumber };
}

/** What is asked of the router's SSH service; null without a port, of which the rest would then be left hanging. */
export function sshToProbe(
  port: number | null,
  { sshHostKey, sshPrivateKey }: { sshHostKey?: string | undefined; sshPrivateKey?: string | undefined },
): NonNullable<ProbeRequest['ssh']> | null {
  if (port !== null) return { port, hostKey: sshHostKey ?? null };
  const alone = sshHostKey !== undefined ? 'sshHostKey' : sshPrivateKey !== undefined ? 'sshPrivateKey' : null;
  if (alone === null) return null;
  throw new AppError('VALIDATION_ERROR', { message: `${alone} is given without sshPort.` });
}

/** The host key that was found at the port that was asked for. */
export function hostKeyToPin({ sshHostKey }: ProbeReply): string {
  if (typeof sshHostKey === 'string') return sshHostKey;
  throw new AppError('SERVICE_UNAVAILABLE', {
    message: 'The worker that asked the router did not look at its SSH service.',
    hint: 'It may be of an earlier version; repeat the call when all workers are updated.',
  });
}
