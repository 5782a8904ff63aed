import { z } from 'zod';
import type { Device } from '../../shared/domain/device.ts';
import { open } from '../../shared/platform/encryption/envelope.ts';
import type { Keyring } from '../../shared/platform/encryption/keyring.ts';
import { createDeviceSession } from '../routeros/device-session.ts';
import type { ObservedRequest, RequestGate } from '../routeros/router-target.ts';
import type { DeviceSession } from './device-session.ts';

/** A device's login as it is sealed: JSON of these. */
export const SealedLogin = z.strictObject({
  username: z.string(),
  password: z.string(),
  sshPrivateKey: z.string().optional(),
});
export type SealedLogin = z.infer<typeof SealedLogin>;

export interface LaneSessionOptions {
  device: Pick<Device, 'deviceId' | 'host' | 'restPort' | 'sshPort' | 'sshHostKey' | 'tls' | 'lane'>;
  sealed: string;
  keyring: Keyring;
  gate: RequestGate;
  /** In front of what goes over SSH. Default: `gate`. */
  sshGate?: RequestGate;
  observe?: (request: ObservedRequest) => void;
}

/** Unseals the login at the last moment and opens the lane's connections; nothing is connected before the first use. */
export function openLaneSession({
  device,
  sealed,
  keyring,
  gate,
  sshGate,
  observe,
}: LaneSessionOptions): DeviceSession {
  const { deviceId, host, restPort, sshPort, sshHostKey, tls, lane } = device;
  const login = SealedLogin.parse(JSON.parse(open(keyring, sealed, deviceId)));
  const session = createDeviceSession({
    deviceId,
    host,
    restPort,
    tls,
    ssh: sshPort === null || sshHostKey === null ? null : { port: sshPort, hostKey: sshHostKey },
    ...login,
    maxInFlight: lane.maxInFlight,
    gate,
    sshGate,
    observe,
  });
  return {
    router: (scope) => session.router(scope),
    async fresh(scope, use) {
      const opened = session.fresh(scope);
      try {
        return await use(opened.router);
      } finally {
        await opened.close();
      }
    },
    close: () => session.close(),
  };
}
