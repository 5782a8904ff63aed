import { connectTemporal, type TemporalTarget } from './connect.ts';
import { createFleetClient } from './create-fleet-client.ts';
import type { FleetClient } from './fleet-client.ts';
import type { LaneStarterOptions } from './lane-starter.ts';
import { openNexusDoor } from './nexus-door.ts';
import { startServiceToken } from './service-token.ts';
import { loadSigningKey, SERVICE_SUBJECTS } from './temporal-token.ts';

export interface FleetConnection extends TemporalTarget, LaneStarterOptions {
  /** The frontend's HTTP port, for the fast door; left out, reads take the slower one. */
  temporalHttpUrl?: string | undefined;
  /** PKCS#8 PEM of the platform's ES256 key. */
  signingKeyFile: string;
  onError: (error: unknown) => void;
}

/** Opens everything the web process needs of Temporal, under its own service identity. */
export async function openFleet(options: FleetConnection): Promise<FleetClient> {
  const token = await startServiceToken({
    signingKey: await loadSigningKey(options.signingKeyFile),
    subject: SERVICE_SUBJECTS.web,
    permissions: [`${options.namespace}:write`],
    onError: options.onError,
  });
  const temporal = await connectTemporal(options, token);
  const door = options.temporalHttpUrl
    ? openNexusDoor(options.temporalHttpUrl, options.namespace, () => token.current())
    : null;
  return createFleetClient(temporal.client, door, {
    idleSeconds: options.idleSeconds,
    heartbeatSeconds: options.heartbeatSeconds,
    onClose: async () => {
      token.stop();
      await temporal.close();
    },
  });
}
