import type { ProbeReply, ProbeRequest } from '../../shared/contract/lane-messages.ts';
import { open } from '../../shared/platform/encryption/envelope.ts';
import type { Keyring } from '../../shared/platform/encryption/keyring.ts';
import { probeRouter } from '../routeros/probe-router.ts';
import { SealedLogin } from './lane-session.ts';

/** Connects to a router that is about to be registered; the login is unsealed here and nowhere else. */
export function createProbeCandidate(keyring: Keyring) {
  return async function probeCandidate(request: ProbeRequest): Promise<ProbeReply> {
    const { deviceId, host, restPort, tls, ssh, sealedCredential } = request;
    const login = SealedLogin.parse(JSON.parse(open(keyring, sealedCredential, deviceId)));
    return probeRouter({ host, restPort, tls, ssh: ssh ?? null, ...login });
  };
}
